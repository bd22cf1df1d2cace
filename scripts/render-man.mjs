/** Renders the manual pages from the option table and the policy schema: pure, text in, roff out. */

const ROFF_DATE = '2026-11-21';

/** Text as roff takes it: backslashes, hyphens that are meant, and dots and quotes at the start of a line. */
export function escapeRoff(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replace(/^([.'])/gm, '\\&$1');
}

function title(name, section, what) {
  return `.TH ${name.toUpperCase()} ${section} ${ROFF_DATE} landlock-run "${what}"\n`;
}

/** landlock-run(1): every option, from the table. */
export function renderCommandPage({ options, groups, profiles, forms }) {
  const lines = [
    title('landlock-run', 1, 'User Commands'),
    '.SH NAME\nlandlock\\-run \\- run a command so that the Linux kernel keeps it to what a policy allows\n',
    '.SH SYNOPSIS',
    forms.map((form) => `\\fBlandlock\\-run\\fR ${renderForm(form)}`).join('\n.br\n'),
    '.SH DESCRIPTION',
    paragraphs([
      'Restricts this process by Landlock and a small seccomp filter, and becomes COMMAND: there is no parent, no daemon and no namespace. What a policy mentions is denied by default; what it does not mention is left alone. Where something that was asked for cannot be enforced, COMMAND does not start.',
      'Options end at -- or at the first word that is not an option. An option takes one value and may be repeated. No value is empty or begins with -, but for --policy -.',
    ]),
    '.SH OPTIONS',
  ];
  for (const [group, heading] of Object.entries(groups)) {
    lines.push(`.SS ${heading}`);
    for (const row of options.filter((one) => one.group === group && one.hidden !== true))
      lines.push(renderOption(row));
  }
  lines.push('.SH PROFILES');
  for (const profile of profiles) lines.push(`.TP\n.B ${escapeRoff(profile.name)}\n${escapeRoff(profile.summary)}`);
  lines.push(
    '.SH EXIT STATUS',
    entries({
      125: 'landlock-run itself: usage, policy, kernel, refused. COMMAND did not start.',
      126: 'COMMAND was found, but cannot be executed.',
      127: 'COMMAND was not found.',
    }),
    '.PP',
    paragraphs([
      "Else COMMAND's own, also its death by signal: it is this process. --check and --explain exit with 0 or 1, --why with 1 where something is denied.",
    ]),
    '.SH ENVIRONMENT',
    paragraphs([
      'No variable changes what landlock-run does. HOME is read for ~/ in policy files and for profiles; NO_COLOR and TERM decide about colour in reports.',
    ]),
    '.SH EXAMPLES',
    examples([
      'landlock-run --rw ./proj -- make -C proj test',
      'landlock-run --no-net -- ./untrusted',
      'landlock-run --policy app.yaml --explain -- ./server',
    ]),
    '.SH SEE ALSO',
    '.BR landlock\\-run\\-policy (5),\n.BR landlock (7),\n.BR seccomp (2),\n.BR prlimit (1)',
  );
  return `${lines.join('\n')}\n`;
}

/** landlock-run-policy(5): every key, from the schema. */
export function renderPolicyPage(schema) {
  const lines = [
    title('landlock-run-policy', 5, 'File Formats'),
    '.SH NAME\nlandlock\\-run\\-policy \\- policy files of landlock\\-run(1)\n',
    '.SH DESCRIPTION',
    paragraphs([
      'A policy is one YAML 1.2 document (JSON is YAML) in UTF-8. Unknown and duplicate keys, null, unknown tags and merge keys are errors with line and column. Keys that begin with x- are ignored.',
      'Paths are relative to the file; a leading ~/, ${NAME}, ${NAME:-default} and $$ are expanded.',
    ]),
    '.SH KEYS',
    ...Object.entries(schema.properties).map(([key, value]) => renderKey(key, value)),
    '.SH MERGING',
    paragraphs([
      'Files come after what they extend, then the command line. Grants unite. A direction that is absent is less than a list, a list less than any. A single value of the command line wins over that of a file, that of a file over what it extends; equals that differ are an error. The greatest min_abi counts. What `none` claims, no other source may grant.',
    ]),
    '.SH EXAMPLES',
    examples([
      'fs:',
      '  ro: [/opt/app]',
      '  rw: [./data, {path: ./build, optional: true}]',
      'net:',
      '  connect: [443]',
    ]),
    '.SH SEE ALSO',
    '.BR landlock\\-run (1)',
  ];
  return `${lines.join('\n')}\n`;
}

/** One form of a call: what is typed as it is in bold, what stands for something else in italics. */
function renderForm(form) {
  return form
    .replaceAll('options', 'option...')
    .split(/(--[a-z-]*|[A-Z]+|option)/)
    .map((part, index) => (index % 2 === 0 ? part : `\\f${part.startsWith('-') ? 'B' : 'I'}${escapeRoff(part)}\\fR`))
    .join('')
    .replaceAll('...', ' ...');
}

function renderOption(row) {
  const names = [row.short, row.name].filter(Boolean).map((name) => `\\fB${escapeRoff(name)}\\fR`);
  const value = row.value === undefined ? '' : ` \\fI${escapeRoff(row.value)}\\fR`;
  return `.TP\n${names.join(', ')}${value}\n${escapeRoff(sentence(row.text))}`;
}

function renderKey(key, value) {
  const own = `.TP\n.B ${escapeRoff(key)}\n${escapeRoff(value.description ?? '')}`;
  const mapping = [value, ...(value.anyOf ?? [])].find((one) => one.properties !== undefined);
  if (mapping === undefined) return own;
  const inner = Object.entries(mapping.properties).map(([name, one]) => renderKey(`${key}.${name}`, one));
  return [own, ...inner].join('\n');
}

function sentence(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** The first paragraph of a section needs no macro of its own. */
function paragraphs(texts) {
  return texts.map(escapeRoff).join('\n.PP\n');
}

function entries(table) {
  return Object.entries(table)
    .map(([name, text]) => `.TP\n.B ${escapeRoff(name)}\n${escapeRoff(text)}`)
    .join('\n');
}

function examples(commands) {
  return `.nf\n${commands.map(escapeRoff).join('\n')}\n.fi`;
}
