import type { Bytes } from '../base/bytes.ts';
import { type SocketUse, SocketUses } from '../learn/socket-use.ts';
import { EventReader, TRACED_CALLS } from '../learn/trace-events.ts';
import { type Use, Uses } from '../learn/use.ts';
import type { World } from '../learn/world.ts';
import type { PreparedPolicy } from './build-request.ts';
import type { Caller } from './caller.ts';
import { makeFileView } from './files.ts';
import { makeExecNeeds } from './judge.ts';
import { textWord } from './own-command.ts';
import { baseName, descriptorsOf } from './restricted-trace.ts';
import { type Ending, runTraced } from './strace.ts';
import { makeWorld } from './world.ts';

/** What an unrestricted run did. */
export interface ObservedRun extends Ending {
  readonly uses: readonly Use[];
  readonly sockets: SocketUse;
  /** Paths that were named and were there. */
  readonly seen: number;
  readonly world: World;
}

/**
 * Runs COMMAND without any restriction and notes what it does. What failed is no part of it: a look-up that found nothing needs no grant.
 *
 * @param environment with TMPDIR and its like set to where temporary files shall go.
 * @throws Refusal `strace-failed`, `trace-not-text`
 */
export async function observeRun(
  strace: string,
  command: readonly Bytes[],
  prepared: PreparedPolicy,
  caller: Caller,
  environment: Readonly<Record<string, string>>,
): Promise<ObservedRun> {
  const { chdir } = prepared.policy;
  const reader = new EventReader(chdir?.value ?? caller.workingDirectory(), baseName(command[0]), false);
  let since = 0n;
  const view = makeFileView();
  const world = makeWorld(view, caller.home(), () => since);
  const uses = new Uses(world);
  const sockets = new SocketUses();
  const execNeeds = makeExecNeeds(prepared, caller);
  const ending = await runTraced(
    {
      strace,
      calls: TRACED_CALLS,
      words: command.map(textWord),
      fast: true,
      environment,
      directory: chdir?.value,
      descriptors: descriptorsOf(prepared),
    },
    (line, began) => {
      since = began;
      for (const event of reader.read(line)) {
        sockets.add(event);
        if (event.errno !== undefined) continue;
        uses.add(event);
        if (event.verb !== 'execute' || event.act.kind !== 'path') continue;
        for (const need of execNeeds(event.act.path)) uses.need(need.path, need.access, event.program, 'execute');
      }
    },
  );
  return {
    code: ending.code,
    signal: ending.signal,
    uses: uses.all,
    sockets: sockets.summary((pid) => reader.hasProcess(pid), world.resolve),
    seen: uses.seen.size,
    world,
  };
}
