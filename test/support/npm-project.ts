/** A project whose one dependency lies in it, so that npm installs it without a network. By file, as text. */
const LOCK = {
  name: 'app',
  version: '1.0.0',
  lockfileVersion: 3,
  packages: {
    '': { name: 'app', version: '1.0.0', dependencies: { dep: 'file:dep' } },
    dep: { version: '1.0.0' },
    'node_modules/dep': { resolved: 'dep', link: true },
  },
};

export const npmProject = {
  'package.json': '{"name":"app","version":"1.0.0","dependencies":{"dep":"file:dep"}}',
  'package-lock.json': JSON.stringify(LOCK),
  'dep/package.json': '{"name":"dep","version":"1.0.0","main":"index.js"}',
  'dep/index.js': 'module.exports = 42;\n',
};
