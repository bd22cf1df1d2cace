import type { LearnedForm } from './learned.ts';

/** A change to a policy document, by the keys of the policy file. Merging is a list of these, so that what changes can be shown. */
export type Edit =
  | { readonly kind: 'set'; readonly at: readonly string[]; readonly value: unknown; readonly comment?: string }
  | { readonly kind: 'append'; readonly at: readonly string[]; readonly value: unknown; readonly comment?: string }
  | { readonly kind: 'delete'; readonly at: readonly string[] }
  /** A grant, and with it the entries of fs on that path or beneath that it makes needless. */
  | { readonly kind: 'grant'; readonly form: LearnedForm; readonly path: string; readonly comment: string };
