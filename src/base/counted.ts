/** A number and what it counts: `1 path`, `2 paths`. For words whose plural takes an s. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
