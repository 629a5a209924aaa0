/**
 * The house rules of src/: base <- domain <- machine <- judge, metrics, analysis <- evidence <- commands <- main.
 * Ports belong to the rooms that use them; adapters implement ports and never meet each other.
 */
const forbid = (name, comment, from, to, extra = {}) => ({
  name,
  comment,
  severity: 'error',
  from,
  to,
  ...extra,
});
const layer = (folder, mayUse) =>
  forbid(
    `${folder}-imports`,
    `${folder}/ may use only ${mayUse.join(', ') || 'itself'}`,
    { path: `^src/${folder}/` },
    {
      path: '^src/',
      pathNot: [folder, ...mayUse].map((name) => `^src/${name}/`),
    },
  );

/** The rooms of what verbs share: each may use those before it. */
const SHARED = [
  'terminal',
  'explaining',
  'confidential',
  'opening',
  'views',
  'intake',
  'review',
  'gates',
  'sharing',
  'changes',
];
const room = (name, index) =>
  forbid(
    `shared-${name}-imports`,
    `commands/shared/${name}/ may use only ${SHARED.slice(0, index).join(', ') || 'itself'}`,
    { path: `^src/commands/shared/${name}/` },
    { path: `^src/commands/shared/(${SHARED.slice(index + 1).join('|')})/` },
  );

module.exports = {
  forbidden: [
    forbid('no-cycles', 'type imports count too', {}, { circular: true }),
    forbid(
      'no-orphans-from-tests',
      'the product never imports its tests',
      { path: '^src' },
      { path: '^test' },
    ),
    layer('base', []),
    layer('domain', ['base']),
    layer('machine', ['base', 'domain']),
    layer('judge', ['base', 'domain', 'machine']),
    layer('metrics', ['base', 'domain', 'machine']),
    layer('analysis', ['base', 'domain', 'machine']),
    layer('ports', ['base', 'domain']),
    layer('evidence', ['base', 'domain', 'machine', 'judge', 'ports']),
    layer('adapters', ['base', 'domain', 'ports']),
    layer('commands', ['base', 'domain', 'machine', 'judge', 'metrics', 'analysis', 'evidence', 'ports']),
    forbid(
      'adapters-apart',
      'adapters never import each other',
      { path: '^src/adapters/([^/]+)/' },
      { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    ),
    forbid(
      'verbs-apart',
      'a verb never imports another verb; what verbs share lies in commands/shared',
      { path: '^src/commands/([^/]+)/', pathNot: '^src/commands/shared/' },
      { path: '^src/commands/[^/]+/', pathNot: ['^src/commands/$1/', '^src/commands/shared/'] },
    ),
    forbid(
      'shared-below-verbs',
      'what verbs share knows no verb',
      { path: '^src/commands/shared/' },
      { path: '^src/commands/', pathNot: '^src/commands/shared/' },
    ),
    ...SHARED.slice(0, -1).map(room),
    forbid(
      'pure-core',
      'no input or output in the pure rooms',
      { path: '^src/(base|domain|machine|judge|metrics|analysis)/' },
      { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    ),
    forbid(
      'pure-core-packages',
      'the pure rooms use two libraries',
      { path: '^src/(base|domain|machine|judge|metrics|analysis)/' },
      { dependencyTypes: ['npm'], pathNot: 'node_modules/(zod|yaml)/' },
    ),
    forbid(
      'actors-in-demo-only',
      'the part that answers gate prompts by itself serves the demonstration alone',
      { path: '^src/', pathNot: '^src/(commands/demo/|adapters/actors/|main\\.ts$)' },
      { path: '^src/adapters/actors/' },
    ),
    forbid(
      'no-drawer-names',
      'name the room after what lies in it',
      {},
      { path: '^src/.*(utils?|helpers?|common|manager|service)(/|\\.ts$)' },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
