import { OPTION_GROUPS, OPTIONS, type OptionGroup } from './options.ts';
import { USAGE_FORMS } from './usage-forms.ts';

const USAGE = `${USAGE_FORMS.map((form, index) => `${index === 0 ? 'Usage:' : '      '} landlock-run ${form}`).join('\n')}

Run COMMAND so that the Linux kernel itself (Landlock) keeps it to what the options allow.

What you mention is denied by default; what you don't mention is left alone:
  landlock-run --rw ./proj -- make -C proj test        files: only ./proj, and what any program needs to start
  landlock-run --no-net -- ./untrusted                 network: none; files are left alone
  landlock-run --policy app.yaml -- ./server           the same from a file
`;

const EXITS = `Exit status: COMMAND's own; 125 landlock-run itself failed and COMMAND did not start; 126 COMMAND cannot be executed;
127 COMMAND was not found.
`;

/** The text of --help, from the option table. */
export function renderHelp(): string {
  const groups = Object.keys(OPTION_GROUPS) as OptionGroup[];
  return `${[USAGE, ...groups.map(renderGroup), EXITS].join('\n')}`;
}

function renderGroup(group: OptionGroup): string {
  const rows = OPTIONS.filter((row) => row.group === group && row.hidden !== true).map((row) => {
    const names = row.short === undefined ? row.name : `${row.short}, ${row.name}`;
    const left = row.value === undefined ? names : `${names} ${row.value}`;
    return left.length > 26 ? `  ${left}\n${' '.repeat(30)}${row.text}` : `  ${left.padEnd(28)}${row.text}`;
  });
  return `${OPTION_GROUPS[group]}:\n${rows.join('\n')}\n`;
}
