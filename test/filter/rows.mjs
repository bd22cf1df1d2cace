// The rows of docs/filter.md, and near misses of each, as calls.
import { ALL, F } from './programs.mjs';

const HIGH = 0xdeadbeefn << 32n; // what the kernel cuts off an int
const UNIX = 1;
export const INET = 2;
const INET6 = 10;
const NETLINK = 16;
const PACKET = 17;
const RDS = 21;
const TIPC = 30;
const RXRPC = 33;
const ALG = 38;
const VSOCK = 40;
const SMC = 43;
const STREAM = 1;
const DGRAM = 2;
const RAW = 3;
const SEQPACKET = 5;
const DCCP = 6;
const OLD_PACKET = 10;
const ICMP = 1;
export const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;
const L2TP = 115;
const SCTP = 132;
const UDPLITE = 136;
const P_SMC = 256;
export const MPTCP = 262;
const EXTRA = 0o2004000; // SOCK_CLOEXEC | SOCK_NONBLOCK
export const FASTOPEN = 0x20000000;
const NOSIGNAL = 0x4000;
export const O_TRUNC = 0o1000;
const O_CREAT = 0o100;
const NO_NET = F.TCP | F.UDP_NONE | F.OTHER_NET_NONE | F.INET_NONE;
const SOCKETS = [F.TCP, F.UDP_NONE, F.OTHER_NET_NONE, F.INET_NONE, F.UNIX_NONE];

/** [features, call, arguments, what becomes of it] */
// biome-ignore format: a table, one call a line
export const rows = [
    [F.TERMINAL, 'ioctl', [0, 0x5412], 'EPERM'], // TIOCSTI
    [F.TERMINAL, 'ioctl', [0, 0x541c], 'EPERM'], // TIOCLINUX
    [F.TERMINAL, 'ioctl', [0, HIGH | 0x5412n], 'EPERM'],
    [F.TERMINAL, 'ioctl', [0, HIGH | 0x541cn], 'EPERM'],
    [F.TERMINAL, 'ioctl', [0x5412, 0x5413], 'allow'], // TIOCGWINSZ
    [F.TERMINAL, 'ioctl', [0, 0x5401, 0x5412], 'allow'], // TCGETS
    [ALL & ~F.TERMINAL, 'ioctl', [0, 0x5412], 'allow'],

    [F.PRLIMIT, 'prlimit64', [1, 0, 0x1000], 'EPERM'],
    [F.PRLIMIT, 'prlimit64', [-1, 0, 0x1000], 'EPERM'],
    [F.PRLIMIT, 'prlimit64', [1, 0, 0x100000000n], 'EPERM'],
    [F.PRLIMIT, 'prlimit64', [1, 0, 0, 0x1000], 'allow'],
    [F.PRLIMIT, 'prlimit64', [0, 0, 0x1000], 'allow'],
    [F.PRLIMIT, 'prlimit64', [HIGH, 0, 0x1000], 'allow'], // 0 for the kernel
    [ALL & ~F.PRLIMIT, 'prlimit64', [1, 0, 0x1000], 'allow'],

    ...[INET, INET6].flatMap(family => [
        [F.TCP, 'socket', [family, STREAM, MPTCP], 'EPROTONOSUPPORT'],
        [F.TCP, 'socket', [family, STREAM | EXTRA, MPTCP], 'EPROTONOSUPPORT'],
        [F.TCP, 'socket', [family, STREAM, HIGH | BigInt(MPTCP)], 'EPROTONOSUPPORT'],
        [F.TCP, 'socket', [HIGH | BigInt(family), STREAM, MPTCP], 'EPROTONOSUPPORT'],
        [F.TCP, 'socket', [family, STREAM, P_SMC], 'EPROTONOSUPPORT'],
        [NO_NET, 'socket', [family, STREAM, MPTCP], 'EPROTONOSUPPORT'],
        [F.TCP, 'socket', [family, STREAM, 0], 'allow'],
        [F.TCP, 'socket', [family, STREAM, TCP], 'allow'],
        [F.TCP, 'socket', [family, DGRAM, 0], 'allow'],
        [F.TCP, 'socket', [family, RAW, ICMP], 'allow'],
        [F.UDP_NONE | F.OTHER_NET_NONE, 'socket', [family, STREAM, MPTCP], 'allow'], // TCP is left alone
        [F.UDP_NONE | F.OTHER_NET_NONE, 'socket', [family, STREAM, P_SMC], 'allow'],

        ...[0, UDP, UDPLITE].flatMap(protocol => [
            [F.UDP_NONE, 'socket', [family, DGRAM, protocol], 'ENETUNREACH'],
            [F.UDP_NONE, 'socket', [family, DGRAM | EXTRA, protocol], 'ENETUNREACH'],
            [F.UDP_NONE, 'socket', [family, HIGH | BigInt(DGRAM), protocol], 'ENETUNREACH'],
            [F.UDP_NONE, 'socket', [family, DGRAM, HIGH | BigInt(protocol)], 'ENETUNREACH'],
            [F.OTHER_NET_NONE | F.TCP, 'socket', [family, DGRAM, protocol], 'allow'],
            [F.OTHER_NET_NONE | F.TCP, 'socket', [family, DGRAM | EXTRA, protocol], 'allow'],
        ]),
        [F.UDP_NONE, 'socket', [family, RAW, UDP], 'ENETUNREACH'],
        [F.UDP_NONE, 'socket', [family, RAW, UDPLITE], 'ENETUNREACH'],
        [F.UDP_NONE, 'socket', [family, RAW, 0], 'allow'],
        [F.UDP_NONE, 'socket', [family, STREAM, 0], 'allow'],
        [F.UDP_NONE, 'socket', [family, DGRAM, ICMP], 'allow'], // ping: other_net
        [F.UDP_NONE, 'socket', [family, DGRAM, ICMPV6], 'allow'],
        [F.UDP_NONE, 'socket', [family, DGRAM, L2TP], 'allow'],

        ...[[STREAM, 0], [STREAM, TCP], [STREAM | EXTRA, TCP], [DGRAM, 0], [DGRAM, UDP], [DGRAM, UDPLITE]].flatMap(([type, protocol]) => [
            [F.OTHER_NET_NONE, 'socket', [family, type, protocol], 'allow'],
            [F.INET_NONE, 'socket', [family, type, protocol], 'ENETUNREACH'],
            [NO_NET, 'socket', [family, type, protocol], 'ENETUNREACH'],
            [NO_NET, 'socket', [HIGH | BigInt(family), type, protocol], 'ENETUNREACH'],
            [F.UNIX_NONE, 'socket', [family, type, protocol], 'allow'],
        ]),
        ...[
            [RAW, ICMP], [RAW, TCP], [RAW, 255], [RAW | EXTRA, ICMP], [STREAM, SCTP], [SEQPACKET, SCTP], [SEQPACKET, 0], [DCCP, 0], [DCCP, 33],
            [DGRAM, ICMP], [DGRAM, ICMPV6], [DGRAM, L2TP], [OLD_PACKET, 768], [OLD_PACKET, 0], [0, 0], [15, 0], [4, 0],
        ].flatMap(([type, protocol]) => [
            [F.OTHER_NET_NONE, 'socket', [family, type, protocol], 'EAFNOSUPPORT'],
            [F.OTHER_NET_NONE, 'socket', [family, HIGH | BigInt(type), HIGH | BigInt(protocol)], 'EAFNOSUPPORT'],
            [NO_NET, 'socket', [family, type, protocol], 'EAFNOSUPPORT'],
            [F.INET_NONE, 'socket', [family, type, protocol], 'ENETUNREACH'],
        ]),
        ...[UDP, UDPLITE].map(protocol => [F.OTHER_NET_NONE, 'socket', [family, STREAM, protocol], 'EAFNOSUPPORT']),
        [F.OTHER_NET_NONE, 'socket', [family, DGRAM, TCP], 'EAFNOSUPPORT'],
        [F.OTHER_NET_NONE, 'socketpair', [family, STREAM, 0], 'EAFNOSUPPORT'],
        [ALL & ~F.OTHER_NET_NONE, 'socketpair', [family, STREAM, 0], 'allow'],
    ]),
    [F.TCP, 'socket', [SMC, STREAM, 0], 'EAFNOSUPPORT'],
    [F.TCP, 'socket', [HIGH | BigInt(SMC), STREAM, 0], 'EAFNOSUPPORT'],
    [F.TCP, 'socket', [RDS, SEQPACKET, 0], 'EAFNOSUPPORT'],
    [F.INET_NONE, 'socket', [SMC, STREAM, 0], 'EAFNOSUPPORT'],
    [F.INET_NONE, 'socket', [RXRPC, DGRAM, 2], 'EAFNOSUPPORT'],
    [F.INET_NONE, 'socket', [PACKET, RAW, 768], 'allow'],
    [F.UDP_NONE, 'socket', [SMC, STREAM, 0], 'allow'],
    [F.UDP_NONE, 'socket', [RDS, SEQPACKET, 0], 'allow'],
    [F.UDP_NONE, 'socket', [RXRPC, DGRAM, 2], 'EAFNOSUPPORT'],
    [F.TCP, 'socket', [RXRPC, DGRAM, 2], 'allow'],
    [F.TCP, 'socket', [PACKET, RAW, 768], 'allow'],

    ...[0, 3, 4, 5, PACKET, RDS, TIPC, RXRPC, ALG, VSOCK, SMC, 44, 45, 100, 0x10001].flatMap(family => [
        [F.OTHER_NET_NONE, 'socket', [family, STREAM, 0], 'EAFNOSUPPORT'],
        [F.OTHER_NET_NONE, 'socketpair', [family, DGRAM, 0], 'EAFNOSUPPORT'],
        [NO_NET, 'socket', [family, DGRAM, 0], 'EAFNOSUPPORT'],
        [F.UNIX_NONE, 'socket', [family, STREAM, 0], 'allow'],
    ]),
    ...[RAW, DGRAM, RAW | EXTRA].flatMap(type => [
        [F.OTHER_NET_NONE, 'socket', [NETLINK, type, 0], 'allow'],
        [NO_NET, 'socket', [NETLINK, type, HIGH], 'allow'],
        [F.OTHER_NET_NONE, 'socket', [NETLINK, type, 4], 'EPROTONOSUPPORT'], // sock_diag
        [F.OTHER_NET_NONE, 'socket', [NETLINK, type, 15], 'EPROTONOSUPPORT'], // uevent
        [F.TCP | F.UDP_NONE | F.UNIX_NONE, 'socket', [NETLINK, type, 4], 'allow'],
    ]),

    ...[STREAM, DGRAM, SEQPACKET, RAW].flatMap(type => [
        [F.UNIX_NONE, 'socket', [UNIX, type, 0], 'EAFNOSUPPORT'],
        [F.UNIX_NONE, 'socket', [UNIX, type | EXTRA, 0], 'EAFNOSUPPORT'],
        [F.UNIX_NONE, 'socket', [HIGH | BigInt(UNIX), type, 0], 'EAFNOSUPPORT'],
        [F.UNIX_NONE | NO_NET, 'socket', [UNIX, type, 0], 'EAFNOSUPPORT'],
        [NO_NET, 'socket', [UNIX, type, 0], 'allow'],
        [NO_NET, 'socketpair', [UNIX, type, 0], 'allow'],
    ]),
    ...[F.UNIX_NONE, F.UNIX_NONE | NO_NET].flatMap(features => [
        [features, 'socketpair', [UNIX, STREAM, 0], 'allow'],
        [features, 'socketpair', [UNIX, SEQPACKET | EXTRA, 0], 'allow'],
        [features, 'socketpair', [UNIX, HIGH | BigInt(STREAM), 0], 'allow'],
        [features, 'socketpair', [UNIX, DGRAM, 0], 'ESOCKTNOSUPPORT'], // sendto(2) leaves the pair
        [features, 'socketpair', [UNIX, DGRAM | EXTRA, 0], 'ESOCKTNOSUPPORT'],
        [features, 'socketpair', [HIGH | BigInt(UNIX), DGRAM, 0], 'ESOCKTNOSUPPORT'],
        [features, 'socketpair', [UNIX, RAW, 0], 'ESOCKTNOSUPPORT'], // the kernel makes it a datagram socket
    ]),

    ...['sendto', 'sendmmsg'].flatMap(call => [
        [F.TCP, call, [3, 0, 0, FASTOPEN], 'EOPNOTSUPP'],
        [F.TCP, call, [3, 0, 0, HIGH | BigInt(FASTOPEN | NOSIGNAL)], 'EOPNOTSUPP'],
        [F.TCP, call, [3, 0, FASTOPEN, NOSIGNAL], 'allow'],
        [ALL & ~(F.TCP | F.INET_NONE), call, [3, 0, 0, FASTOPEN], 'allow'],
    ]),
    [F.TCP, 'sendmsg', [3, 0, FASTOPEN], 'EOPNOTSUPP'],
    [F.TCP, 'sendmsg', [3, 0, HIGH | BigInt(FASTOPEN | NOSIGNAL)], 'EOPNOTSUPP'],
    [F.TCP, 'sendmsg', [3, 0, NOSIGNAL, FASTOPEN], 'allow'],
    [F.TCP, 'setsockopt', [3, TCP, 31], 'ENOPROTOOPT'],
    [F.TCP, 'setsockopt', [3, HIGH | BigInt(TCP), HIGH | 31n], 'ENOPROTOOPT'],
    [F.TCP, 'setsockopt', [3, TCP, 1], 'allow'], // TCP_NODELAY
    [F.TCP, 'setsockopt', [3, 1, 31], 'allow'], // SOL_SOCKET
    [F.TCP, 'setsockopt', [3, TCP, FASTOPEN], 'allow'],
    [F.UDP_NONE, 'setsockopt', [3, TCP, 31], 'allow'],

    ...SOCKETS.flatMap(feature => [
        ...[1, 8, 11, 14, 16, 20].map(call => [feature, 'socketcall', [call, 0], 'ENOSYS']),
        [feature, 'socketcall', [HIGH | 1n, 0], 'ENOSYS'],
        ...[2, 3, 4, 5, 9, 10, 12, 13, 15, 17, 18, 19].map(call => [feature, 'socketcall', [call, 0], 'allow']),
    ]),
    [F.TERMINAL | F.PRLIMIT | F.TRUNCATE | F.IO_URING, 'socketcall', [1, 0], 'allow'],

    [F.TRUNCATE, 'truncate', [0, 0], 'EACCES'],
    [F.TRUNCATE, 'truncate64', [0, 0], 'EACCES'],
    [F.TRUNCATE, 'ftruncate', [3, 0], 'allow'],
    [F.TRUNCATE, 'creat', [0, 0], 'allow'], // opens for writing
    [F.TRUNCATE, 'openat2', [0, 0], 'ENOSYS'],
    [ALL & ~F.TRUNCATE, 'truncate', [0, 0], 'allow'],
    [ALL & ~F.TRUNCATE, 'openat2', [0, 0], 'allow'],
    ...['open', 'openat', 'open_by_handle_at'].flatMap(call => {
        const flags = value => (call === 'open' ? [0, value, 0] : [0, 0, value]);
        return [
            [F.TRUNCATE, call, flags(O_TRUNC), 'EACCES'],
            [F.TRUNCATE, call, flags(HIGH | BigInt(O_TRUNC)), 'EACCES'],
            [F.TRUNCATE, call, flags(O_TRUNC | O_CREAT), 'EACCES'],
            [F.TRUNCATE, call, flags(O_TRUNC | 3), 'EACCES'], // for neither, and empties all the same
            [F.TRUNCATE, call, flags(O_TRUNC | 1), 'allow'],
            [F.TRUNCATE, call, flags(O_TRUNC | O_CREAT | 2), 'allow'],
            [F.TRUNCATE, call, flags(O_CREAT), 'allow'],
            [F.TRUNCATE, call, flags(HIGH), 'allow'],
            [ALL & ~F.TRUNCATE, call, flags(O_TRUNC), 'allow'],
        ];
    }),

    ...['io_uring_setup', 'io_uring_enter', 'io_uring_register'].flatMap(call => [
        ...[F.IO_URING, F.TRUNCATE, ...SOCKETS].map(feature => [feature, call, [1, 0], 'ENOSYS']),
        [F.TERMINAL | F.PRLIMIT, call, [1, 0], 'allow'],
    ]),
    [ALL, 'read', [0, 0, 0], 'allow'],
    [ALL, 'connect', [3, 0, 16], 'allow'],
];
