/** The forms that a call has, behind the program's name: for --help and for the manual page. */
export const USAGE_FORMS: readonly string[] = [
  '[options] [--] COMMAND [ARG...]',
  '[options] --check [-- COMMAND]',
  '[options] --explain [-- COMMAND]',
  '[options] --why QUERY',
  '[options] --compile OUT',
  '[options] --learn OUT -- COMMAND',
  '[options] --trace -- COMMAND',
  '--import KIND:FILE',
  '[options] --print-policy',
];
