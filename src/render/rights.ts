import type { GrantRow } from '../advice/explanation.ts';
import { FILE_RIGHTS, fsRightsOf, RIGHT_GROUPS } from '../kernel/rights.ts';

const WORDS: readonly (readonly [word: string, rights: readonly string[]])[] = [
  ['read', fsRightsOf(RIGHT_GROUPS.read)],
  ['write', fsRightsOf(RIGHT_GROUPS.write)],
  ['create', fsRightsOf(RIGHT_GROUPS.create).filter((right) => right !== 'refer')],
  ['remove', fsRightsOf(RIGHT_GROUPS.remove).filter((right) => right !== 'refer')],
  ['rename', ['refer']],
  ['execute', ['execute']],
  ['ioctl', ['ioctl_dev']],
  ['connect', ['resolve_unix']],
];

const ON_FILES: readonly string[] = fsRightsOf(FILE_RIGHTS);

/** Rights in few words: a group that is whole by its own, what is left by the kernel's names. */
export function shortRights({ rights, kind }: Pick<GrantRow, 'rights' | 'kind'>): string {
  const left = new Set(rights);
  const words: string[] = [];
  for (const [word, group] of WORDS) {
    const possible = kind === 'directory' ? group : group.filter((right) => ON_FILES.includes(right));
    if (possible.length === 0 || !possible.every((right) => left.has(right))) continue;
    words.push(word);
    for (const right of possible) left.delete(right);
  }
  return [...words, ...left].join(', ') || 'nothing that this path can hold';
}
