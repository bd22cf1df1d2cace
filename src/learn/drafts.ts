import type { Bytes } from '../base/bytes.ts';
import { ancestorsOf } from '../policy/path.ts';
import { FORM_ACCESS, type LearnedForm, type LearnedGrant } from './learned.ts';

/** Grants while they are gathered, by form and path. */
export type Drafts = Map<string, LearnedGrant>;

/** Adds a grant, or another reason for one that is there. */
export function unite(
  drafts: Drafts,
  path: Bytes,
  form: LearnedForm,
  { because }: Pick<LearnedGrant, 'because'>,
  what: string | undefined,
): void {
  const key = `${form} ${path}`;
  const known = drafts.get(key);
  drafts.set(key, {
    path,
    form,
    because: uniteReasons(known?.because ?? new Map(), because),
    what: known?.what ?? what,
  });
}

function uniteReasons(
  some: ReadonlyMap<Bytes, ReadonlySet<string>>,
  others: ReadonlyMap<Bytes, ReadonlySet<string>>,
): Map<Bytes, Set<string>> {
  const all = new Map([...some].map(([program, verbs]) => [program, new Set(verbs)]));
  for (const [program, verbs] of others) all.set(program, new Set([...(all.get(program) ?? []), ...verbs]));
  return all;
}

/** Leaves out what another grant on the same path or above it gives as well; its reasons go to that one. Sorted by path. */
export function coverEach(drafts: Drafts): LearnedGrant[] {
  const byPath = new Map<Bytes, string[]>();
  for (const [key, { path }] of drafts) byPath.set(path, [...(byPath.get(path) ?? []), key]);
  const kept: Drafts = new Map(drafts);
  for (const [key, draft] of [...drafts].sort(([, a], [, b]) => b.path.length - a.path.length)) {
    const above = [draft.path, ...ancestorsOf(draft.path)].flatMap((path) => byPath.get(path) ?? []);
    const cover = above.find((other) => other !== key && kept.has(other) && covers(other, draft, drafts));
    if (cover === undefined) continue;
    const covering = kept.get(cover);
    kept.delete(key);
    if (covering !== undefined) unite(kept, covering.path, covering.form, draft, covering.what);
  }
  return [...kept.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.form < b.form ? -1 : 1));
}

function covers(key: string, draft: LearnedGrant, drafts: Drafts): boolean {
  const other = drafts.get(key);
  if (other === undefined || (FORM_ACCESS[draft.form] & ~FORM_ACCESS[other.form]) !== 0) return false;
  return other.path !== draft.path || other.form !== draft.form;
}
