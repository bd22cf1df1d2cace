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
 * is in native-messages.ts. Both are listed in docs/diagnostics.md.
 */
export const messages = {
  ...usageMessages,
  ...valueMessages,
  ...policyMessages,
  ...kernelMessages,
  ...lintMessages,
  ...learnMessages,
  ...compileMessages,
  ...libraryMessages,
};

export type MessageCode = keyof typeof messages;
export type MessageArguments<Code extends MessageCode> = Parameters<(typeof messages)[Code]>;
