/** The policies for services, under what Debian installs, by the commands that stand at their top. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { cliPath, projectFile } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { requireCapability } from '../support/who.ts';

const POSTGRESQL = '/usr/lib/postgresql';
/** The version of PostgreSQL that is installed; the example names Debian 12's. */
const VERSION = (existsSync(POSTGRESQL) ? readdirSync(POSTGRESQL) : [])[0] ?? '15';

interface Service {
  readonly policy: string;
  readonly needs: readonly string[];
  /** Directories that are empty, and lost, for the service alone; those of its settings begin as copies. */
  readonly empty: readonly string[];
  readonly copied: readonly string[];
  readonly prepare: string;
  /** What the commands are run by; empty: root. */
  readonly as: string;
  /** Ends well once the service answers a client that is not restricted. */
  readonly client: string;
  /** A file that the policy does not grant, which the service's user may read. */
  readonly beside: string;
}

const SERVICES: readonly Service[] = [
  {
    policy: 'nginx.yaml',
    needs: ['/usr/sbin/nginx', '/etc/nginx/sites-enabled/default', '/var/www/html', '/usr/bin/curl'],
    // Nothing in /run, as after a boot.
    empty: ['/run', '/var/log/nginx', '/var/lib/nginx'],
    copied: ['/etc/nginx'],
    prepare: ':',
    as: '',
    client: 'curl --silent --show-error --fail http://127.0.0.1/ | grep "Welcome to nginx"',
    beside: '/etc/shadow',
  },
  {
    policy: 'postgresql.yaml',
    needs: [`${POSTGRESQL}/${VERSION}/bin/postgres`, '/usr/bin/pg_createcluster', '/run/postgresql'],
    empty: ['/etc/postgresql', '/var/lib/postgresql', '/var/log/postgresql', '/run/postgresql'],
    copied: ['/etc/ssl'],
    // Where there is such a certificate the cluster takes it up.
    prepare: `if command -v make-ssl-cert; then make-ssl-cert generate-default-snakeoil --force-overwrite; fi; chown postgres:postgres /etc/postgresql /var/lib/postgresql /var/log/postgresql /run/postgresql; pg_createcluster ${VERSION} main >/dev/null`,
    as: 'setpriv --reuid postgres --regid postgres --init-groups',
    client: `pg_isready --quiet --host 127.0.0.1 && test "$($as psql -At -c 'select 6 * 7' postgres)" = 42`,
    beside: '/etc/fstab',
  },
];

/** The indented lines of the comment at the top. */
function commandsOf(policy: string): readonly string[] {
  const text = readFileSync(projectFile(`examples/${policy}`), 'utf8').replaceAll('/15/', `/${VERSION}/`);
  return [...text.matchAll(/^# {5}(.*)$/gm)].map(([, command = '']) => command);
}

/** A script for bash, as root in namespaces of its own for mounts and network. */
function scriptOf(service: Service): string {
  const commands = commandsOf(service.policy);
  const last = commands.at(-1) ?? '';
  return `set -u; as='${service.as}'
ip link set lo up || exit
for directory in ${service.copied.join(' ')}; do
  copy=$(mktemp -d -p "$1") && cp -a "$directory/." "$copy" && mount --bind "$copy" "$directory" || exit
done
for directory in ${service.empty.join(' ')}; do mount -t tmpfs -o mode=755 none "$directory" || exit; done
cd "$2" && { ${service.prepare}; } || exit
${commands.slice(0, -1).join('\n')}
$as ${last} & pid=$!
for i in $(seq 200); do
  { ${service.client}; } >/dev/null 2>"$1/client" && answered=yes && break
  kill -0 $pid || break
  sleep 0.05
done
kill $pid; wait $pid; status=$?
[ "\${answered:-no}" = yes ] || { cat "$1/client"; exit 99; }
$as cat ${service.beside} >/dev/null || exit
$as landlock-run --policy ${service.policy} -- cat ${service.beside} >/dev/null && exit 98
exit $status`;
}

function missingOf(service: Service): string | false {
  const missing = [...service.needs, '/usr/sbin/ip'].filter((path) => !existsSync(path));
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  return false;
}

for (const service of SERVICES) {
  test(`examples/${service.policy} starts what Debian installs, by the commands at its top, and a client reaches it`, {
    skip: missingOf(service),
  }, async (t) => {
    if (!requireCapability(t, 'CAP_SYS_ADMIN')) return;
    const result = await run('bash', ['-c', scriptOf(service), 'bash', fixture(t), projectFile('examples')], {
      under: ['unshare', '--net', '--mount'],
      env: { PATH: [dirname(cliPath), process.env['PATH'], '/usr/sbin'].join(':') },
    });
    assert.equal(result.code, 0, `${result.stdout}${result.stderr}`);
    assert.match(result.stderr, /Permission denied/);
  });
}
