// Classic BPF as seccomp runs it: an interpreter and a disassembler, both knowing only the instructions that the core uses.
export const ERRNO = {
  1: 'EPERM',
  13: 'EACCES',
  38: 'ENOSYS',
  92: 'ENOPROTOOPT',
  93: 'EPROTONOSUPPORT',
  94: 'ESOCKTNOSUPPORT',
  95: 'EOPNOTSUPP',
  97: 'EAFNOSUPPORT',
  101: 'ENETUNREACH',
};

export const ARCH = { 'x86-64': 0xc000003e, i386: 0x40000003, arm64: 0xc00000b7, arm: 0x40000028 };

/** What a returned value stands for: 'allow', 'kill', or the name of an errno. */
function verdict(k) {
  if (k === 0x7fff0000) return 'allow';
  if (k === 0x80000000) return 'kill';
  const name = ERRNO[k & 0xffff];
  if (k >>> 16 !== 5 || name === undefined) throw new Error(`return value 0x${k.toString(16)}`);
  return name;
}

/** struct seccomp_data, little-endian. Arguments are numbers or, beyond 32 bits, bigints. */
function seccompData({ arch, nr, args = [] }) {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(nr >>> 0, 0);
  data.writeUInt32LE(arch >>> 0, 4);
  for (const [i, value] of args.entries()) data.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), 16 + 8 * i);
  return data;
}

/** Runs the program over one call as the kernel would. Throws where the kernel would have refused the program. */
export function run(program, call) {
  const data = seccompData(call);
  let a = 0;
  for (let pc = 0; pc < program.length; pc++) {
    const { code, jt, jf, k } = program[pc];
    switch (code) {
      case 0x20:
        if (k % 4 !== 0 || k > 60) throw new Error(`load from ${k}`);
        a = data.readUInt32LE(k);
        break;
      case 0x54:
        a = (a & k) >>> 0;
        break;
      case 0x05:
        pc += k;
        break;
      case 0x15:
        pc += a === k ? jt : jf;
        break;
      case 0x35:
        pc += a >= k ? jt : jf;
        break;
      case 0x45:
        pc += (a & k) !== 0 ? jt : jf;
        break;
      case 0x06:
        return verdict(k);
      default:
        throw new Error(`instruction 0x${code.toString(16)}`);
    }
  }
  throw new Error('ran off the end');
}

/** Instructions that no call can reach. */
export function unreachable(program) {
  const reached = new Set();
  const walk = [0];
  while (walk.length > 0) {
    const pc = walk.pop();
    if (reached.has(pc)) continue;
    if (pc >= program.length) throw new Error('jumps off the end');
    reached.add(pc);
    const { code, jt, jf, k } = program[pc];
    if (code === 0x05) walk.push(pc + 1 + k);
    else if (code === 0x15 || code === 0x35 || code === 0x45) walk.push(pc + 1 + jt, pc + 1 + jf);
    else if (code !== 0x06) walk.push(pc + 1);
  }
  return program.map((_, pc) => pc).filter((pc) => !reached.has(pc));
}

function field(k) {
  if (k === 0) return 'nr';
  if (k === 4) return 'arch';
  return `args[${(k - 16) >> 3}]${k % 8 === 0 ? '' : ' high half'}`;
}

/**
 * One line an instruction. A jump names where it goes, where that is not the next line: a line, or the verdict that
 * stands there. nameCall(section, number) names a call in the first and the second part that looks at numbers.
 */
export function disassemble(program, nameCall = () => undefined) {
  let section = -1;
  let looksAt = '';
  const place = (pc) => (program[pc].code === 0x06 ? verdict(program[pc].k) : String(pc));
  return program.map(({ code, jt, jf, k }, pc) => {
    if (code === 0x20) {
      looksAt = field(k);
      if (looksAt === 'nr') section++;
    }
    const test = (op) => {
      const value = op === '&' || k > 0xffff ? `0x${k.toString(16)}` : String(k);
      const jumps = [jt && `then ${place(pc + 1 + jt)}`, jf && `else ${place(pc + 1 + jf)}`].filter(Boolean);
      const name = looksAt === 'nr' && op === '==' ? nameCall(section, k) : undefined;
      return `if ${op} ${value}`.padEnd(18) + jumps.join(' ').padEnd(name ? 20 : 0) + (name ?? '');
    };
    const text = {
      0x20: () => `A = ${field(k)}`,
      0x54: () => `A &= 0x${k.toString(16)}`,
      0x05: () => `go ${pc + 1 + k}`,
      0x15: () => test('=='),
      0x35: () => test('>='),
      0x45: () => test('&'),
      0x06: () => `return ${verdict(k)}`,
    }[code]();
    return `${String(pc).padStart(3)}  ${text}`;
  });
}
