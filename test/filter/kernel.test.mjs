// The filter on the running kernel. Each row makes the same call twice, without the filter and with it: the first shows
// that the call does something here, the second that the filter stops it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { number } from './numbers.mjs';
import { ALL, build, F, temporaryDirectory } from './programs.mjs';

const directory = temporaryDirectory();
const act = build('act.c', directory);
const pair = build('pair.c', directory);
const native = process.arch === 'x64' ? 'x86-64' : 'arm64';
const NO_NET = F.TCP | F.UDP_NONE | F.OTHER_NET_NONE | F.INET_NONE;
const EPERM = -1;
const EACCES = -13;
const ENOTTY = -25;
const ENOSYS = -38;
const ENOPROTOOPT = -92;
const EPROTONOSUPPORT = -93;
const ESOCKTNOSUPPORT = -94;
const EOPNOTSUPP = -95;
const EAFNOSUPPORT = -97;
const ENETUNREACH = -101;
const FASTOPEN = 0x20000000;
const O_TRUNC = 0o1000;

/** Makes one call in a process of its own. Returns what the kernel returned: >= 0, or a negative errno. */
function call(features, way, nr, args) {
  const text = execFileSync(act, [features, way, nr, ...args].map(String), { encoding: 'utf8' });
  return Number(text);
}

/** Why i386 calls cannot be tried here, or false. */
function noInt80() {
  if (native !== 'x86-64') return 'int 0x80 is x86’s';
  const { status, stdout } = spawnSync(act, ['0', 'int80', '20'], { encoding: 'utf8' }); // getpid
  return status === 0 && Number(stdout) > 0 ? false : 'this kernel takes no i386 calls';
}

const ways = [
  ['syscall', native, false],
  ['int80', 'i386', noInt80()],
];

// biome-ignore format: a table, one call a line
/** [title, features, call, arguments, with the filter, without it ('ok' is anything >= 0)] */
const rows = [
    ['TIOCSTI', F.TERMINAL, 'ioctl', ['pty', 0x5412, 's:x'], EPERM, 'ok'],
    ['TIOCSTI beyond 32 bits', F.TERMINAL, 'ioctl', ['pty', '0x100005412', 's:x'], EPERM, 'ok'],
    ['TIOCLINUX', F.TERMINAL, 'ioctl', ['pty', 0x541c, 's:x'], EPERM, ENOTTY],
    ['prlimit64 of another process', F.PRLIMIT, 'prlimit64', ['child', 0, 'limit', 0], EPERM, 'ok'],
    ['MPTCP', F.TCP, 'socket', [2, 1, 262], EPROTONOSUPPORT, 'ok'],
    ['MPTCP over IPv6, close-on-exec', F.TCP, 'socket', [10, 0o2000001, 262], EPROTONOSUPPORT, 'ok'],
    ['MPTCP beyond 32 bits', F.TCP, 'socket', ['0x700000002', '0x700000001', '0x700000106'], EPROTONOSUPPORT, 'ok'],
    ['sendto with MSG_FASTOPEN', F.TCP, 'sendto', ['tcp', 's:x', 1, FASTOPEN, 'address', 16], EOPNOTSUPP, 1],
    ['sendmsg with MSG_FASTOPEN', F.TCP, 'sendmsg', ['tcp', 'message', FASTOPEN], EOPNOTSUPP, 1],
    ['sendmmsg with MSG_FASTOPEN', F.TCP, 'sendmmsg', ['tcp', 'messages', 1, FASTOPEN], EOPNOTSUPP, 1],
    ['TCP_ULP', F.TCP, 'setsockopt', ['tcp', 6, 31, 's:nosuch', 6], ENOPROTOOPT, -2],
    ['UDP', F.UDP_NONE, 'socket', [2, 2, 0], ENETUNREACH, 'ok'],
    ['UDP by its number', F.UDP_NONE, 'socket', [10, 0o2004002, 17], ENETUNREACH, 'ok'],
    ['raw UDP', F.UDP_NONE, 'socket', [2, 3, 17], ENETUNREACH, 'ok'],
    ['raw ICMP', F.OTHER_NET_NONE, 'socket', [2, 3, 1], EAFNOSUPPORT, 'ok'],
    ['AF_PACKET', F.OTHER_NET_NONE, 'socket', [17, 3, 768], EAFNOSUPPORT, 'ok'],
    ['AF_PACKET by SOCK_PACKET', F.OTHER_NET_NONE, 'socket', [2, 10, 768], EAFNOSUPPORT, 'ok'],
    ['AF_VSOCK', F.OTHER_NET_NONE, 'socket', [40, 1, 0], EAFNOSUPPORT, 'ok'],
    ['netlink but for routes', F.OTHER_NET_NONE, 'socket', [16, 3, 15], EPROTONOSUPPORT, 'ok'],
    ['a pair of another family', F.OTHER_NET_NONE, 'socketpair', [2, 1, 0, 'w:0,0'], EAFNOSUPPORT, EOPNOTSUPP],
    ['TCP under --no-net', NO_NET, 'socket', [2, 1, 0], ENETUNREACH, 'ok'],
    ['TCP over IPv6 under --no-net', NO_NET, 'socket', [10, 0o2000001, 6], ENETUNREACH, 'ok'],
    ['UNIX', F.UNIX_NONE, 'socket', [1, 1, 0], EAFNOSUPPORT, 'ok'],
    ['UNIX datagram pair', F.UNIX_NONE, 'socketpair', [1, 2, 0, 'w:0,0'], ESOCKTNOSUPPORT, 'ok'],
    ['io_uring beside a socket feature', F.UNIX_NONE, 'io_uring_setup', [1, 'w:0'], ENOSYS, 'ok'],
];
const noUring =
  existsSync('/proc/sys/kernel/io_uring_disabled') &&
  readFileSync('/proc/sys/kernel/io_uring_disabled', 'utf8').trim() !== '0';
const noSti =
  existsSync('/proc/sys/dev/tty/legacy_tiocsti') &&
  readFileSync('/proc/sys/dev/tty/legacy_tiocsti', 'utf8').trim() === '0';
const held = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]}`);
/** By number, include/uapi/linux/capability.h: root need not have them. */
const has = (capability) => (held & (1n << BigInt(capability))) !== 0n;
const [DAC_READ_SEARCH, NET_RAW, SYS_ADMIN] = [2, 13, 21];

function skipRow(name, title) {
  if (name === 'io_uring_setup' && noUring) return 'io_uring is switched off here';
  if (title.startsWith('TIOCSTI') && (noSti || !has(SYS_ADMIN)))
    return 'TIOCSTI needs CAP_SYS_ADMIN and an old-style terminal';
  if (/raw|PACKET/.test(title) && !has(NET_RAW)) return 'raw sockets need CAP_NET_RAW';
  return false;
}

for (const [way, architecture, skip] of ways)
  for (const [title, features, name, args, filtered, free] of rows)
    test(`${title}, ${architecture}`, { skip: skip || skipRow(name, title) }, () => {
      const nr = number(architecture, name);
      const control = call(0, way, nr, args);
      if (free === 'ok') assert.ok(control >= 0, `without the filter it fails too: ${control}`);
      else assert.equal(control, free, 'without the filter');
      assert.equal(call(features, way, nr, args), filtered);
      assert.equal(call(ALL, way, nr, args), filtered, 'with every feature');
    });

const socketcalls = [
  ['socket', 1, 'w:2,1,0'],
  ['socketpair', 8, 'w:1,2,0,0'],
  ['setsockopt', 14, 'w:0,1,9,0,0'],
  ['sendto', 11, 'w:0,0,0,0,0,0'],
  ['sendmsg', 16, 'w:0,0,0'],
  ['sendmmsg', 20, 'w:0,0,0,0'],
];
for (const [name, which, words] of socketcalls)
  for (const [feature, bit] of Object.entries({
    TCP: F.TCP,
    UDP_NONE: F.UDP_NONE,
    OTHER_NET_NONE: F.OTHER_NET_NONE,
    INET_NONE: F.INET_NONE,
    UNIX_NONE: F.UNIX_NONE,
  }))
    test(`socketcall of ${name} under ${feature}`, { skip: ways[1][2] }, () => {
      assert.notEqual(call(0, 'int80', number('i386', 'socketcall'), [which, words]), ENOSYS);
      assert.equal(call(bit, 'int80', number('i386', 'socketcall'), [which, words]), ENOSYS);
    });

for (const [way, architecture, skip] of ways) {
  const ordinary = [
    ['TCP', [2, 1, 0], F.TCP | F.UDP_NONE | F.OTHER_NET_NONE | F.UNIX_NONE],
    ['UDP', [2, 2, 0], ALL & ~(F.UDP_NONE | F.INET_NONE)],
    ['UNIX', [1, 0o2000001, 0], ALL & ~F.UNIX_NONE],
    ['routes', [16, 3, 0], ALL],
    ['raw ICMP', [2, 3, 1], ALL & ~(F.OTHER_NET_NONE | F.INET_NONE)],
  ];
  for (const [title, args, features] of ordinary)
    test(`a ${title} socket where nothing forbids it, ${architecture}`, {
      skip: skip || skipRow('socket', title),
    }, () => {
      assert.ok(call(features, way, number(architecture, 'socket'), args) >= 0);
    });
  test(`one’s own limits, and reading those of others, ${architecture}`, { skip }, () => {
    assert.equal(call(ALL, way, number(architecture, 'prlimit64'), [0, 0, 0, 'limit']), 0);
    assert.equal(call(ALL, way, number(architecture, 'prlimit64'), [0, 0, 'limit', 0]), 0);
    assert.equal(call(ALL, way, number(architecture, 'prlimit64'), ['child', 0, 0, 'limit']), 0);
  });

  // A file, emptied in each way that asks for no right to write it.
  const file = join(directory, `file-${way}`);
  const ending = [
    ['truncate', [`s:${file}`, 0], EACCES],
    ['truncate64', [`s:${file}`, 0, 0], EACCES],
    ['open', [`s:${file}`, O_TRUNC], EACCES],
    ['open', [`s:${file}`, O_TRUNC | 3], EACCES],
    ['openat', [-100, `s:${file}`, O_TRUNC], EACCES],
    ['openat', [-100, `s:${file}`, O_TRUNC | 3], EACCES],
    ['open_by_handle_at', [-100, `h:${file}`, O_TRUNC], EACCES],
    ['openat2', [-100, `s:${file}`, `w:${O_TRUNC},0,0,0,0,0`, 24], ENOSYS],
  ].filter(([name]) => number(architecture, name) !== undefined);
  for (const [name, args, filtered] of ending)
    test(`${name}(${args.at(-1)}) empties nothing, ${architecture}`, {
      skip: skip || (name === 'open_by_handle_at' && !has(DAC_READ_SEARCH) && 'handles need CAP_DAC_READ_SEARCH'),
    }, () => {
      writeFileSync(file, 'kept');
      assert.equal(call(F.TRUNCATE, way, number(architecture, name), args), filtered);
      assert.equal(statSync(file).size, 4);
      const control = call(0, way, number(architecture, name), args);
      assert.ok(control >= 0, `without the filter it fails too: ${control}`);
      assert.equal(statSync(file).size, 0, 'without the filter it is emptied');
    });
  test(`opening for writing empties as ever, ${architecture}`, { skip }, () => {
    for (const mode of [1, 2]) {
      writeFileSync(file, 'gone');
      assert.ok(call(ALL, way, number(architecture, 'openat'), [-100, `s:${file}`, O_TRUNC | mode]) >= 0);
      assert.equal(statSync(file).size, 0);
    }
  });
}

for (const [name, type, free] of [
  ['stream', 1, 'kept in'],
  ['seqpacket', 5, 'kept in'],
  ['datagram', 2, 'reached'],
  ['raw', 3, 'reached'],
])
  test(`a UNIX ${name} pair reaches no server under UNIX_NONE`, () => {
    let count = 0;
    const attempt = (features) =>
      execFileSync(pair, [String(features), String(type), join(directory, `${name}-${count++}`)], {
        encoding: 'utf8',
      }).trim();
    assert.equal(attempt(0), free);
    assert.equal(attempt(F.UNIX_NONE), free === 'reached' ? 'refused 94' : 'kept in');
  });

test('the filter is inherited over exec, and says so', () => {
  const status = execFileSync(act, [String(ALL), 'exec', 'cat', '/proc/self/status'], { encoding: 'utf8' });
  assert.match(status, /^Seccomp:\s2$/m);
  assert.match(status, /^NoNewPrivs:\s1$/m);
  const plain = execFileSync(act, ['0', 'exec', 'cat', '/proc/self/status'], { encoding: 'utf8' });
  assert.match(plain, /^Seccomp:\s0$/m);
});

test('an unknown feature is refused, and the command does not start', () => {
  const { status, stdout, stderr } = spawnSync(act, ['512', 'exec', 'echo', 'started'], { encoding: 'utf8' });
  assert.deepEqual([status, stdout], [125, '']);
  assert.match(stderr, /Invalid argument/);
});
