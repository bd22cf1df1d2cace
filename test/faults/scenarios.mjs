/** What the core is put through: plans that between them make it use every call that it has. */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { buildPlan, devNull, FLAGS, FS, FS_ALL, filesPlan, KIND, PATH } from '../native/plan-builder.mjs';
import { checkCore, runCore, spawnCore, witness } from './inject.mjs';

const STATED_WRITE = PATH.STATED | PATH.WRITE;
/** Those that the contract takes from COMMAND: SYS_MODULE, SYS_RAWIO, SYS_ADMIN, SYS_BOOT, MKNOD, PERFMON, BPF. */
const CAPABILITIES = [16n, 17n, 21n, 22n, 27n, 38n, 39n].reduce((mask, bit) => mask | (1n << bit), 0n);

/** A directory with what the plans speak of. Out: its real path; whoever calls removes it. */
export function makePlace() {
  const place = realpathSync(mkdtempSync('/tmp/landlock-run-faults-'));
  chmodSync(place, 0o755);
  for (const name of ['in', 'in/deep', 'out', 'bin']) mkdirSync(`${place}/${name}`);
  for (const name of ['in/file', 'in/deep/file', 'out/secret']) writeFileSync(`${place}/${name}`, 'content\n');
  copyFileSync(witness(), `${place}/bin/witness`);
  chmodSync(`${place}/bin/witness`, 0o755);
  return place;
}

/** struct state_record of native/core/record.h: SIGHUP ignored, SIGUSR2 blocked, descriptors 1 to 4 open. */
function makeRecord() {
  if (endianness() !== 'LE') throw new Error('records are little-endian');
  const record = Buffer.alloc(176);
  record.writeUInt32LE(1, 0);
  record.writeUInt32LE(176, 4);
  record.writeBigUInt64LE(1n, 8);
  record.writeBigUInt64LE(1n << 11n, 16);
  record.writeBigUInt64LE(512n, 24);
  record.writeBigUInt64LE(1024n, 32);
  record.writeBigUInt64LE(0b11110n, 48);
  return record;
}

const requirements = [
  { kind: KIND.NET, bits: 3n, flags: 1, origin: '--net-bind' },
  { kind: KIND.SCOPE, bits: 3n, origin: 'scopes' },
  { kind: KIND.RESTRICT, bits: 2n, origin: '--audit' },
];

/** `makes`: one of the paths is a directory that the plan makes. */
function richPlan(place, more = {}, makes = true) {
  const made = { path: `${place}/in/made`, access: FS_ALL, flags: PATH.MAKE_DIRECTORY | STATED_WRITE, origin: '--tmp' };
  return filesPlan(
    [
      { path: `${place}/in`, access: FS_ALL, flags: STATED_WRITE, origin: '--rw' },
      {
        path: `${place}/in/deep`,
        access: FS.READ_FILE,
        flags: PATH.STATED,
        parent: 8,
        relative: `${place}/in/`.length,
      },
      { path: `${place}/bin`, access: FS.EXECUTE | FS.READ_FILE, flags: PATH.STATED, origin: '--ro' },
      ...(makes ? [made] : []),
      { path: `${place}/out/missing`, access: FS.READ_FILE, flags: PATH.STATED, origin: '--ro' },
      { access: FS.READ_FILE, flags: PATH.STDIO_TERMINAL, origin: 'terminal' },
    ],
    {
      filter: 7n,
      capabilities: CAPABILITIES,
      status: 4,
      keep: [3],
      chdir: `${place}/in`,
      envSet: ['SET=1'],
      ports: [{ access: 1n, low: 0, origin: '--net-bind' }],
      limits: [{ resource: 4, soft: 0n, hard: 0n }],
      requirements,
      ...more,
    },
  );
}

/**
 * Every scenario by its title. `fate`: what an undisturbed run comes to (`starts`, or an exit code). `sent`: the environment that waits where the fate is told,
 * as for a spawn.
 * Out: what inject() takes, and the fate.
 */
export function makeScenarios(place) {
  const command = `${place}/bin/witness`;
  const env = { PATH: `${place}/out:${place}/bin:/usr/bin`, LISTEN_FDS: '1', LISTEN_PID: '1' };
  const words = [`${place}/in/file`, `${place}/out/secret`];
  const save = (name, bytes) => {
    writeFileSync(`${place}/${name}`, bytes);
    return `${place}/${name}`;
  };
  const record = save('record', makeRecord());
  const run = (plan, argv, { recorded = false, closed = '-' } = {}) => {
    const options = [recorded ? record : '-', `${place}/in/made`, closed];
    return {
      object: runCore().split('/').pop(),
      command,
      env,
      cwd: `${place}/out`,
      program: [runCore(), plan, ...options, ...argv],
    };
  };
  const rich = save('rich.plan', buildPlan(richPlan(place)));
  const spare = save(
    'spare.plan',
    buildPlan({
      status: 4,
      filter: 1n,
      flags: FLAGS.KEEP_FD_ARGS | FLAGS.KEEP_FD_LISTEN,
      requirements: [{ kind: KIND.NET, bits: 3n }],
    }),
  );
  const missing = {
    path: `${place}/missing`,
    access: FS.READ_FILE,
    flags: PATH.STATED | PATH.REQUIRED,
    origin: '--ro',
  };
  const refused = save('refused.plan', buildPlan(filesPlan([missing], { status: 4, flags: FLAGS.JSON })));
  const narrow = save(
    'narrow.plan',
    buildPlan(filesPlan([{ ...devNull, flags: PATH.STATED }], { status: 4, flags: FLAGS.VERBOSE })),
  );
  const spawned = save('spawned.plan', buildPlan(richPlan(place, { status: -1, keep: [] }, false)));
  const sent = save(
    'environment',
    Object.entries({ ...env, SENT: 'yes' })
      .map(([name, value]) => `${name}=${value}\0`)
      .join(''),
  );
  const spawn = (kind) => ({
    object: spawnCore().split('/').pop(),
    command,
    env: { PATH: env.PATH, OWN: 'yes' },
    cwd: `${place}/out`,
    program: [spawnCore(), spawned, kind, sent, 'witness', ...words],
    sent: readFileSync(sent, 'latin1'),
    collects: kind === 'prepared',
    fate: 'starts',
  });
  return {
    'a spawn of a prepared plan, the environment sent': spawn('prepared'),
    'a spawn of a plan, the environment sent': spawn('plan'),
    'a rich policy, COMMAND looked up in PATH': { ...run(rich, ['witness', ...words]), fate: 'starts' },
    'a record of the front, standard input closed': {
      ...run(rich, ['witness', ...words], { recorded: true, closed: '0' }),
      fate: 'starts',
    },
    'only network, COMMAND by its path, words that name descriptors': {
      ...run(spare, [command, words[0], '/dev/fd/3'], {}),
      fate: 'starts',
    },
    'a required path is missing': { ...run(refused, [command, ...words]), fate: 125 },
    'COMMAND is denied': { ...run(narrow, ['witness', ...words]), fate: 126 },
    'COMMAND is not found': { ...run(rich, ['no-such-command', ...words]), fate: 127 },
  };
}

/** A check of the rich policy, children and all. */
export function makeCheck(place) {
  writeFileSync(`${place}/check.plan`, buildPlan(richPlan(place, { status: -1, keep: [] })));
  const program = [checkCore(), 'check', `${place}/check.plan`, 'witness'];
  return {
    object: checkCore().split('/').pop(),
    command: `${place}/bin/witness`,
    env: { PATH: '/usr/bin' },
    program,
    children: true,
  };
}
