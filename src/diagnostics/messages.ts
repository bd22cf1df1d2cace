import { compileMessages } from './messages-compile.ts';
import { kernelMessages } from './messages-kernel.ts';
import { learnMessages } from './messages-learn.ts';
import { libraryMessages } from './messages-library.ts';
import { lintMessages } from './messages-lint.ts';
import { policyMessages } from './messages-policy.ts';
import { usageMessages } from './messages-usage.ts';
import { valueMessages } from './messages-values.ts';

/**
 * Every message that TypeScript makes, by its stable code: a function from facts to [what could not happen, what to do]. What the native core says
 * is in native-messages.ts. Both are listed in docs/diagnostics.md. Put together when there is something to tell: most runs have nothing.
 */
export const allMessages = () => ({
  ...usageMessages,
  ...valueMessages,
  ...policyMessages,
  ...kernelMessages,
  ...lintMessages,
  ...learnMessages,
  ...compileMessages,
  ...libraryMessages,
});

type Messages = ReturnType<typeof allMessages>;
export type MessageCode = keyof Messages;
export type MessageArguments<Code extends MessageCode> = Parameters<Messages[Code]>;
