import { inspectCommand as inspect } from '../executable/inspect.ts';
import type { CommandQuestion, Inspection } from '../executable/inspection.ts';
import { machineFiles } from './machine-files.ts';

/** The inspector over this machine's files. It throws nothing for what it finds there. */
export function inspectCommand(question: CommandQuestion): Inspection {
  return inspect(question, machineFiles, process.arch);
}
