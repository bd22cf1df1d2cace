// Renders docs/abi.md from the ABI table and the claims of the kernel matrix, which test:kernels holds against real kernels. Pure.

const code = (names) => names.map((name) => `\`${name}\``).join(', ');

function abiRow({ abi, linux, fs, net, scopes, restrict, also }) {
  const parts = [
    fs.length > 0 && `files: ${code(fs)}`,
    net.length > 0 && `network: ${code(net)}`,
    scopes.length > 0 && `scopes: ${code(scopes)}`,
    restrict.length > 0 && `restrict_self: ${code(restrict)}`,
    also,
  ];
  return `| ${abi} | ${linux} | ${parts.filter(Boolean).join(' · ')} |`;
}

/** `none`, `3`, `1 to 3`, `4 and newer`. */
function range(first, last) {
  if (last === undefined) return first === 0 ? 'all' : `${first} and newer`;
  if (last === 0) return 'none';
  if (first === 0) return `none to ${last}`;
  return first === last ? `${first}` : `${first} to ${last}`;
}

/** Steps of the same word are one: they differ in what else is said. */
function steps(all) {
  const changes = all.filter(([, { word }], index) => all[index - 1]?.[1].word !== word);
  const cells = changes.map(([since, { word }], index) => {
    const next = changes[index + 1]?.[0];
    return `${range(since, next === undefined ? undefined : next - 1)}: **${word}**`;
  });
  return cells.join(' · ');
}

/** Best effort matters where strict refuses; elsewhere both are the same. */
function bestEffort(claim) {
  const refusing = (abi) => claim.strict.findLast(([since]) => since <= abi)?.[1].word === 'refused';
  if (!claim.strict.some(([since]) => refusing(since))) return 'as strict';
  const until = claim.strict.find(([since]) => since > 0 && !refusing(since))?.[0];
  const cells = steps(claim.bestEffort);
  return until === undefined ? cells : cells.replace(/(\d+) and newer/, (_, first) => range(Number(first), until - 1));
}

function chapter([heading, claims]) {
  const rows = claims.map(
    (claim) => `| \`${claim.policy}\` | ${claim.claim} | ${steps(claim.strict)} | ${bestEffort(claim)} |`,
  );
  return [
    `### ${heading}`,
    '',
    '| policy | what it promises | strict, by ABI | with `--best-effort` |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** In: the ABI table, the claims by chapter, what the words mean, and the kernels. Out: the page. */
export function renderAbiPage({ table, chapters, words, targets }) {
  const booted = targets.filter(({ series }) => series !== undefined);
  const kernels = booted
    .map(({ series, abi, append }) => `${series} (${abi > 0 ? abi : append ? 'off at boot' : 'none'})`)
    .join(', ');
  const faked = targets
    .filter(({ fake }) => fake !== undefined)
    .map(({ abi }) => abi)
    .join(', ');
  return `# What each Landlock ABI enforces

<!-- Made by npm run generate from src/kernel/abi-table.ts and test/kernels/claims*.ts: change those. -->

A kernel announces its Landlock by one number, the ABI; \`landlock-run --check\` prints it. The number is no proof: a run asks the kernel for each
right by itself, and what a kernel lacks is refused, unless you consent to less.

## The ABIs

| ABI | Linux | adds |
|---|---|---|
${table.map(abiRow).join('\n')}

## What a policy comes to

Every line below is a test: \`npm run test:kernels\` boots kernels and tries it, with the same acts outside of the sandbox as the control, by the
command line tool and by compiled launchers. By version, with the ABI that it has, booted are
${kernels}.
No kernel of ABI ${faked} can be had as a package: there the running kernel is made to answer like one. "none" is a kernel without Landlock, or
with Landlock off at boot.

| word | means |
|---|---|
${Object.entries(words)
  .map(([word, meaning]) => `| **${word}** | ${meaning} |`)
  .join('\n')}

Where strict runs at all, \`--best-effort\` does the same; its column says what it does where strict refuses. Where nothing of what was asked for
can be enforced, it refuses, too.

${chapters.map(chapter).join('\n\n')}
`;
}
