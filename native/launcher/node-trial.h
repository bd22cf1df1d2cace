/* Whether Node starts under the limits of this process, found out by starting it: nothing else tells. */
#ifndef LANDLOCK_RUN_NODE_TRIAL_H
#define LANDLOCK_RUN_NODE_TRIAL_H

/* What stands for the record in a trial: with it all goes as usual until COMMAND would start, and ends with
 * 125. */
#define NODE_TRIAL_RECORD ""
/* And what stands for the user's words: theirs may write files. */
#define NODE_TRIAL_WORDS "--no-net", "--", "true"

enum node_trial { NODE_TRIAL_CHILD, NODE_TRIAL_STARTED, NODE_TRIAL_FAILED };

/**
 * Forks. In the child returns NODE_TRIAL_CHILD: it has no voice, is killed after five seconds, and is to
 * become Node with NODE_TRIAL_RECORD, or to end with 125 where it cannot. In the parent waits for it, and
 * tells whether Node got so far.
 */
enum node_trial node_trial(void);

#endif
