#!/usr/bin/env node
// landlock-run without its front: works wherever Node does, and gives up what docs/launcher.md lists.
'use strict';
require('../dist/landlock-run.cjs')
  .main()
  .then((code) => process.exit(code));
