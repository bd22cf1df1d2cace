import type { WhyQuery } from '../advice/why.ts';
import type { Bytes } from '../base/bytes.ts';
import { bytesOfText } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import { stateOf } from '../host/observe.ts';
import { fsMask, type Mask } from '../kernel/rights.ts';
import { absolutePath } from '../policy/path.ts';
import { parsePortRange } from '../policy/port.ts';
import type { Direction, Transport } from '../policy/statement.ts';

const PORT_QUERIES: Readonly<Record<string, readonly [Transport, Direction]>> = {
  connect: ['tcp', 'connect'],
  bind: ['tcp', 'bind'],
  'udp-connect': ['udp', 'connect'],
  'udp-bind': ['udp', 'bind'],
};

/**
 * `connect:443`, or `PATH[:rwx]`; without letters a path is asked for reading.
 *
 * @throws Refusal `why-form`, `port-invalid`
 */
export function parseWhyQuery(value: Bytes, workingDirectory: () => Bytes): WhyQuery {
  const origin = flagOrigin('--why');
  const port = /^(connect|bind|udp-connect|udp-bind):(.*)$/s.exec(value);
  const kind = port === null ? undefined : PORT_QUERIES[port[1] ?? ''];
  if (port !== null && kind !== undefined) {
    const range = parsePortRange((port[2] ?? '') as Bytes, origin);
    if (range.low !== range.high) refuse('why-form', origin, value);
    return { kind: 'port', transport: kind[0], direction: kind[1], port: range.low };
  }
  const letters = /^(.*):([rwx]{1,3})$/s.exec(value);
  const path = (letters?.[1] ?? value) as Bytes;
  if (path === '') return refuse('why-form', origin, value);
  const working = path.startsWith('/') ? bytesOfText('/') : workingDirectory();
  const absolute = absolutePath(path, working);
  const state = stateOf(absolute);
  const access = [...(letters?.[2] ?? 'r')].reduce((mask, letter) => mask | accessOf(letter, state), 0);
  return { kind: 'path', path: absolute, access };
}

/**
 * What a letter means. On a file: open it for reading, open it for writing, execute it. On a directory: list it, make files in it, run what is beneath.
 * Where nothing is: what it would take if it were there, and for writing to make it.
 */
function accessOf(letter: string, state: string): Mask {
  const directory = state === 'directory';
  if (letter === 'r') return directory ? fsMask('read_dir') : fsMask('read_file');
  if (letter === 'x') return directory ? fsMask('execute') : fsMask('execute', 'read_file');
  if (directory) return fsMask('make_reg');
  return state === 'missing' ? fsMask('write_file', 'make_reg') : fsMask('write_file');
}
