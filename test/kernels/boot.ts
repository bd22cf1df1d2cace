/** Boots a kernel in a virtual machine without hardware support, and collects what the guest says. */
import { spawn } from 'node:child_process';
import { type Finding, type Kernel, MARK } from './trial.ts';

/** What came of a guest (or of a run on a fake kernel). */
export interface Report {
  readonly kernel: Kernel | undefined;
  readonly findings: readonly Finding[];
  /** Set where not all of it was done: how it ended, and its last words. */
  readonly failure: string | undefined;
  readonly milliseconds: number;
}

/** A guest takes half a minute; one that takes longer than this is hung, and its cells are failures. */
const PATIENCE = 300_000;

const MACHINE =
  '-accel tcg -M pc -cpu qemu64 -m 512 -nodefaults -no-user-config -display none -no-reboot -serial stdio';

/** The image is an NVMe disk, since that driver is built into Debian's cloud kernels. Nothing is ever written to it. */
const disk = (image: string): string[] => [
  '-drive',
  `file=${image},if=none,id=d,format=raw,snapshot=on,cache=unsafe,file.locking=off`,
  '-device',
  'nvme,drive=d,serial=x',
];

const PARAMETERS =
  'console=ttyS0 quiet panic=-1 mitigations=off audit=1 sysctl.kernel.printk_ratelimit=0 root=/dev/nvme0n1 rw rootfstype=ext4 init=/init';

/**
 * Boots once.
 *
 * In: the kernel, the image (see image.ts), the command line for its init (no word may hold a blank), more kernel parameters.
 * Out: what the guest reported. A guest that fails is a report, too; an error only where qemu cannot be started.
 */
export function boot(kernel: string, image: string, command: readonly string[], append = ''): Promise<Report> {
  const parameters = `${PARAMETERS} ${append} -- ${command.join(' ')}`;
  const words = [...MACHINE.split(' '), '-net', 'none', ...disk(image), '-kernel', kernel, '-append', parameters];
  return collect('qemu-system-x86_64', words, (output) => {
    const exit = /^GUEST-EXIT (\d+)$/m.exec(output)?.[1];
    return exit === '0' ? undefined : `the guest ended with ${exit ?? 'no exit status'}`;
  });
}

/**
 * Runs a program that prints what a guest prints.
 *
 * In: the program and its words; what is wrong with its output, if anything, once it has ended.
 */
export function collect(
  program: string,
  words: readonly string[],
  complain: (output: string) => string | undefined,
): Promise<Report> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let hung = false;
    const patience = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, PATIENCE);
    const add = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', add);
    child.stderr.setEncoding('utf8').on('data', add);
    child.on('error', (error) => {
      clearTimeout(patience);
      reject(error);
    });
    child.on('close', () => {
      clearTimeout(patience);
      const text = output.replaceAll('\r', '');
      const complaint = hung ? 'it did not end' : complain(text);
      const failure = complaint === undefined ? undefined : `${complaint}: ${text.slice(-2000)}`;
      resolve({ ...read(text), failure, milliseconds: Math.round(performance.now() - began) });
    });
  });
}

/** The lines that are for the host; a line that was cut off is none. */
function read(output: string): { kernel: Kernel | undefined; findings: Finding[] } {
  const said = output
    .split('\n')
    .filter((line) => line.startsWith(MARK) && line.endsWith('}'))
    .map((line) => JSON.parse(line.slice(MARK.length)) as Kernel | Finding);
  return {
    kernel: said.find((one): one is Kernel => 'release' in one),
    findings: said.filter((one): one is Finding => 'did' in one),
  };
}
