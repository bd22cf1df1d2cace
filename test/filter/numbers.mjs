// System call numbers, as the test knows them: checked against the kernel's headers in numbers.test.mjs. A name that an
// architecture does not have is absent.
const names = ['x86-64', 'i386', 'arm64', 'arm'];
const rows = {
  read: [0, 3, 63, 3],
  ioctl: [16, 54, 29, 54],
  prlimit64: [302, 340, 261, 369],
  socket: [41, 359, 198, 281],
  socketpair: [53, 360, 199, 288],
  socketcall: [undefined, 102],
  connect: [42, 362, 203, 283],
  setsockopt: [54, 366, 208, 294],
  sendto: [44, 369, 206, 290],
  sendmsg: [46, 370, 211, 296],
  sendmmsg: [307, 345, 269, 374],
  truncate: [76, 92, 45, 92],
  truncate64: [undefined, 193, undefined, 193],
  ftruncate: [77, 93, 46, 93],
  creat: [85, 8, undefined, 8],
  open: [2, 5, undefined, 5],
  openat: [257, 295, 56, 322],
  open_by_handle_at: [304, 342, 265, 371],
  openat2: [437, 437, 437, 437],
  io_uring_setup: [425, 425, 425, 425],
  io_uring_enter: [426, 426, 426, 426],
  io_uring_register: [427, 427, 427, 427],
};

/** number('i386', 'socket') is 359; undefined where there is no such call. */
export const number = (architecture, call) => rows[call][names.indexOf(architecture)];
export const calls = Object.keys(rows);
export const machines = { 'x86-64': ['x86-64', 'i386'], arm64: ['arm64', 'arm'] };
