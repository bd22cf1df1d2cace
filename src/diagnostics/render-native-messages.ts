import { type NativeMessage, nativeMessages } from './native-messages.ts';

/**
 * Renders the table of native messages as the text of native/core/messages.inc: one `MESSAGE(...)` a line, from which the core
 * makes its enumeration and its table.
 */
export function renderNativeMessages(messages: readonly NativeMessage[] = nativeMessages): string {
  const lines = messages.map(
    ({ code, level, exit, what, remedy }) =>
      `MESSAGE(${code.toUpperCase().replaceAll('-', '_')}, ${quoteC(code)}, LEVEL_${level.toUpperCase()}, ${exit}, ${quoteC(what)}, ${quoteC(remedy)})`,
  );
  return `/* Made from src/diagnostics/native-messages.ts by \`npm run generate\`: change it there. */\n${lines.join('\n')}\n`;
}

/** A C string literal. The table holds printable ASCII only; anything else is an error of ours. */
function quoteC(text: string): string {
  if (!/^[ -~]+$/.test(text)) throw new Error(`not printable ASCII: ${JSON.stringify(text)}`);
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
