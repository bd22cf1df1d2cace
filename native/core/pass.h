/* A descriptor on its way from a child to its parent. */
#ifndef LANDLOCK_RUN_PASS_H
#define LANDLOCK_RUN_PASS_H

/** Two connected sockets, close-on-exec, that keep messages apart. Returns 0 or a negative errno. */
long pass_open(int ends[2]);

/** Sends one descriptor. Returns 0 or a negative errno. */
long pass_send(int socket, int descriptor);

/** Takes the descriptor that was sent, close-on-exec; does not wait. Returns it, or a negative errno: EAGAIN
 * where none was sent. */
long pass_receive(int socket);

#endif
