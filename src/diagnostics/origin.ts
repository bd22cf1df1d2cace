/** Where something was asked: what every message names, and what every grant carries along. */
export type Origin =
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'object'; readonly path: string }
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'default' };

export const DEFAULT_ORIGIN: Origin = { kind: 'default' };

export function flagOrigin(flag: string): Origin {
  return { kind: 'flag', flag };
}

export function profileOrigin(name: string): Origin {
  return { kind: 'profile', name };
}

/** The short form that messages and plans carry: `--ro`, `policy.yaml:7:9`, `profile git`. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'flag':
      return origin.flag;
    case 'file':
      return `${origin.file}:${origin.line}:${origin.column}`;
    case 'object':
      return `policy.${origin.path}`.replace(/\.$/, '');
    case 'profile':
      return `profile ${origin.name}`;
    case 'default':
      return 'default';
  }
}
