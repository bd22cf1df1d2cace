#!/usr/bin/env node
// landlock-run without its front: works wherever Node does, and gives up what docs/process-state.md lists.
'use strict';

/** Whatever went wrong, it is not COMMAND's exit status. */
function fail(error) {
  require('node:fs').writeSync(
    2,
    `landlock-run: cannot load its own files: ${error.message.split('\n')[0]}; install landlock-run again\n`,
  );
  process.exit(125);
}

try {
  require('../dist/landlock-run.cjs')
    .main()
    .then((code) => process.exit(code), fail);
} catch (error) {
  fail(error);
}
