import type { ChildProcess } from 'node:child_process';
import { isRunning, Session } from './session.ts';

/** How often it is looked whether all have ended. */
const LOOK_EVERY = 10;
/** How long streams may stay open after all have ended: only who left COMMAND's session can still hold them. */
const STREAMS_MAY_LAG = 200;

/** How COMMAND is ended. */
export interface EndingOptions {
  readonly killSignal: NodeJS.Signals;
  readonly killAfter: number;
  readonly killTree: boolean;
}

/** The end of a COMMAND that is made to end: a signal, SIGKILL where that does not help, and a look at what is left. */
export class Ending {
  readonly #child: ChildProcess;
  readonly #session: Session;
  readonly #options: EndingOptions;
  readonly #whenOver: (failure?: { readonly error: unknown }) => void;
  #began = false;
  #over = false;
  #exited = false;

  /** @param whenOver is told once nothing is left that was to be ended, or that it could not be done. */
  constructor(child: ChildProcess, options: EndingOptions, whenOver: (failure?: { readonly error: unknown }) => void) {
    this.#child = child;
    this.#session = new Session(child.pid ?? 0);
    this.#options = options;
    this.#whenOver = whenOver;
  }

  /** Whether there is nothing to wait for: it has not begun, or it is over. */
  get isSettled(): boolean {
    return !this.#began || this.#over;
  }

  /** Whether COMMAND itself still runs. That it has ended is told late where this process was busy, so the kernel is asked. */
  get isAwaited(): boolean {
    return !this.#exited && isRunning(this.#child.pid ?? 0);
  }

  /** COMMAND itself has ended. */
  exited(): void {
    this.#exited = true;
  }

  /** Begins it, once. */
  begin(signal: NodeJS.Signals = this.#options.killSignal): void {
    if (this.#began) return;
    this.#began = true;
    const deadline = performance.now() + this.#options.killAfter;
    let next: NodeJS.Signals | undefined = signal;
    const look = (): void => {
      try {
        if (this.#isEmpty()) {
          this.#finish();
          return;
        }
        if (performance.now() >= deadline) next = 'SIGKILL';
        if (next !== undefined) this.#signal(next);
        next = undefined;
        setTimeout(look, LOOK_EVERY);
      } catch (error) {
        this.#finish({ error }); // kill(2) was refused: EPERM
      }
    };
    look();
  }

  #isEmpty(): boolean {
    return this.#exited && (!this.#options.killTree || this.#session.isEmpty());
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#options.killTree) this.#session.signal(signal);
    else if (!this.#exited) this.#child.kill(signal);
  }

  #finish(failure?: { readonly error: unknown }): void {
    this.#over = true;
    const late = setTimeout(() => {
      this.#child.stdout?.destroy();
      this.#child.stderr?.destroy();
    }, STREAMS_MAY_LAG);
    this.#child.once('close', () => clearTimeout(late));
    if (this.#child.stdout?.closed === true && this.#child.stderr?.closed === true) clearTimeout(late);
    this.#whenOver(failure);
  }
}
