import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { sha256 } from '../../src/base/digest.ts';
import { actingTerminal } from '../../src/adapters/actors/acting-terminal.ts';
import { artifactInspector } from '../../src/adapters/artifacts/inspector.ts';
import { modelSignatures } from '../../src/adapters/artifacts/model-signing.ts';
import { modelSources } from '../../src/adapters/sources/sources.ts';
import { loraAdapter } from '../../src/adapters/artifacts/sample.ts';
import { cloneCache } from '../../src/adapters/config/clone-cache.ts';
import { ownSettings } from '../../src/adapters/config/own-settings.ts';
import { CHECK_IMPORTERS } from '../../src/adapters/checks/importers.ts';
import { IMPORTERS } from '../../src/adapters/evals/importers.ts';
import { jsonLineItems } from '../../src/adapters/evals/items.ts';
import { sampleResults } from '../../src/adapters/evals/sample.ts';
import { localFiles } from '../../src/adapters/files/local-files.ts';
import { scratchFolders } from '../../src/adapters/files/scratch-folders.ts';
import { userGit } from '../../src/adapters/git/porcelain.ts';
import { gitPrograms } from '../../src/adapters/git/programs.ts';
import { targetsIn } from '../real/support/targets.ts';
import { registries } from '../../src/adapters/oci/registries.ts';
import { uploads } from '../../src/adapters/config/uploads.ts';
import { openpgpSealing } from '../../src/adapters/openpgp/sealing.ts';
import { userSigning } from '../../src/adapters/openpgp/signing.ts';
import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import {
  BASE,
  evaluationOf,
  LINE,
  metadataOf,
  MODEL_CARD_TEXT,
  ROLLBACK_TEXT,
} from '../../src/commands/demo/material.ts';
import { runProgram } from '../../src/commands/program.ts';
import type { Context } from '../../src/commands/shared/context.ts';
import { VERBS } from '../../src/commands/verbs.ts';
import { INTAKE_RULE_IDS } from '../../src/domain/intake-rules.ts';
import { toTime } from '../../src/domain/names.ts';
import type { GitObject } from '../../src/ports/objects.ts';
import type { PinnedRoot } from '../../src/ports/trust.ts';
import type { Sandbox } from '../real/support/sandbox.ts';
import { trainerNamed } from '../unit/support/lock-ties.ts';
import { everyObject } from './loose-objects.ts';
import { certificates, signersYaml, type People, type Person } from './people.ts';

const HOUR = 3600;
export const IT = `${LINE}@1.0.0`;
/** What takes its place, where there is a second. */
export const NEXT = `${LINE}@1.1.0`;
/** What goes to customers after the first, in its order. */
const SUCCESSORS = [
  { iteration: NEXT, name: '2', submitted: 'submitted', succeeded: 'succeeded' },
  { iteration: `${LINE}@1.2.0`, name: '3', submitted: 'submitted-third', succeeded: 'third' },
] as const;

/** Points of an honest history, each the commit in which it was reached. */
export type Label =
  | 'root'
  | 'baseline'
  | 'lock'
  | 'opened'
  | 'excepted'
  | 'requested'
  | 'evidenced'
  | 'accepted'
  | 'exported'
  | 'scanned'
  | 'by-ana'
  | 'by-eli'
  | 'by-sue'
  | 'by-otto'
  | 'by-gus'
  | 'by-mia'
  | 'deployed'
  | 'submitted'
  | 'succeeded'
  | 'submitted-third'
  | 'third'
  | 'expert'
  | 'validated'
  | 'deprecated';

interface LawChange {
  readonly risk?: object;
  readonly intake?: readonly object[];
  readonly targets?: object;
  readonly trainers?: readonly object[];
  readonly grants?: Partial<Record<Person, readonly string[]>>;
  /** Steps between the export and the operator's approval. */
  readonly owners?: readonly (readonly [Label, Person, string])[];
  /** The metadata names no contact, which an exception waives. */
  readonly excepted?: boolean;
  /** A result of the check is recorded after the export. */
  readonly scan?: boolean;
  /** So many iterations go to customers after the first. */
  readonly successors?: 1 | 2;
  /** A change that is of high risk: it asks for a permission and is trained on personal data. */
  readonly risky?: boolean;
  readonly line?: object;
  readonly gates?: object;
  readonly separation?: object;
  readonly guarded?: readonly string[];
  /** Who asks, and for whom. */
  readonly requester?: readonly [Person, Person];
  /** The last point that is played. */
  readonly until: Label;
}

/** The laws that honest histories are made under. */
const LAWS = {
  team: { until: 'deprecated' },
  'asked-by-ana': { requester: ['ana', 'ana'], until: 'deployed' },
  'asked-for-eli': { requester: ['trainer', 'eli'], until: 'deployed' },
  'tier-c': { line: { licenceTier: 'C' }, until: 'deployed' },
  waived: {
    separation: { productionGates: 'same-person', requesterBarredFrom: [], reason: 'a team of one' },
    until: 'deployed',
  },
  guarded: { guarded: ['.gitattributes', 'ci'], until: 'deployed' },
  sampled: {
    gates: { 'domain-validation': { sample: { judged: 3, met: 0.5, methods: ['all', 'random'] } } },
    until: 'deployed',
  },
  owned: {
    risk: { rules: [{ id: 'bulk', when: { permission: 'tool:*' }, approvals: ['ml-manager'] }] },
    intake: INTAKE_RULE_IDS.map((rule) => ({ rule })),
    line: { jurisdictions: ['EU'], evidenceReaders: ['dora'] },
    grants: { sue: ['data-owner'], gus: ['release-owner'] },
    owners: [
      ['by-ana', 'ana', 'model-owner'],
      ['by-eli', 'eli', 'software-owner'],
      ['by-sue', 'sue', 'data-owner'],
      ['by-otto', 'otto', 'security-owner'],
      ['by-gus', 'gus', 'release-owner'],
      ['by-mia', 'mia', 'ml-manager'],
    ],
    risky: true,
    until: 'deployed',
  },
  checked: {
    risk: { checks: [{ name: 'malware-scan', maxAgeDays: 1 }] },
    intake: [],
    line: { jurisdictions: ['EU'] },
    grants: {
      omar: ['data-owner', 'model-owner', 'release-owner', 'security-owner', 'software-owner'],
      trainer: ['checker:malware-scan', 'checker:licences'],
    },
    risky: true,
    scan: true,
    until: 'deployed',
  },
  excepted: {
    intake: [{ rule: 'contact-stated' }, { rule: 'legal-basis' }],
    grants: { mia: ['security-owner'] },
    excepted: true,
    until: 'deployed',
  },
  delivered: {
    targets: {
      cluster: { kind: 'vllm', address: 'https://models.example.org:8000', adapters: '/models' },
      acme: { kind: 'external', description: 'The cluster of a customer' },
      spare: { kind: 'webhook', address: 'https://hook.example.org' },
    },
    line: { targets: ['acme', 'cluster'] },
    grants: { trainer: ['reconciler'] },
    until: 'deployed',
  },
  succession: { grants: { gus: ['release-owner'] }, successors: 1, until: 'succeeded' },
  'succession-of-three': {
    grants: { gus: ['release-owner'], omar: ['release-owner'] },
    successors: 2,
    until: 'third',
  },
  tied: {
    line: { lockStrength: 'attested' },
    trainers: [{ id: 'cluster', lines: ['*'], key: trainerNamed('cluster').key }],
    until: 'lock',
  },
  'two-operators': { gates: { 'operator-signoff': { quorum: 2 } }, until: 'exported' },
} as const satisfies Record<string, LawChange>;
export type LawName = keyof typeof LAWS;

/** An honest history, made with the real verbs by real keys. Nothing may be changed in it. */
export interface World {
  readonly directory: string;
  /** The folder that `init --policy` read. */
  readonly policy: string;
  readonly people: People;
  /** The founding, seconds since 1970. */
  readonly start: number;
  readonly root: PinnedRoot;
  readonly objects: ReadonlyMap<string, GitObject>;
  readonly at: ReadonlyMap<Label, string>;
  /** When each point was reached, seconds since 1970. */
  readonly times: ReadonlyMap<Label, number>;
}

export async function playWorld(
  box: Sandbox,
  people: People,
  start: number,
  law: LawName,
  format: 'sha1' | 'sha256',
): Promise<World> {
  const change: LawChange = LAWS[law];
  const folder = join(box.root, `world-${law}-${format}`);
  const directory = join(folder, 'evidence');
  furnish(folder, people, start, change);
  let now = start;
  let pinned = null as PinnedRoot | null;
  // Nobody else touches the repository meanwhile, and to find out again what it is takes processes for each step.
  const git = gitPrograms(folder, box.env);
  const context = (who: Person): Context => ({
    now: () => now,
    random: (bytes) => randomBytes(bytes),
    environment: {
      MODELSMITH_KEY_FILE: join(folder, `people/${who}.asc`),
      MODELSMITH_REGISTRY: join(folder, 'registry'),
    },
    version: 'attacks',
    program: 'modelsmith',
    terminal: actingTerminal({ ...SILENT }, 'Looked at it all.'),
    files: localFiles(folder),
    trust: {
      file: 'none',
      rootOf: () => Promise.resolve(pinned),
      pin: (_repository, root) => {
        pinned = root;
        return Promise.resolve();
      },
      move: () => Promise.reject(new Error('nobody moves the root here')),
    },
    settings: ownSettings(box.env),
    clones: cloneCache(box.env),
    scratch: scratchFolders(),
    drafts: null,
    tips: null,
    pieces: null,
    git,
    verifier: openpgpVerifier(),
    signing: userSigning(() => userGit(folder, box.env).signing(), box.env),
    sealing: openpgpSealing(async () => ({
      program: (await userGit(folder, box.env).signing()).program,
      ambient: box.env,
    })),
    inspector: artifactInspector,
    modelSignatures,
    modelSources: modelSources(registries({ environment: {}, uploads: uploads({}) })),
    importers: IMPORTERS,
    checkImporters: CHECK_IMPORTERS,
    items: jsonLineItems,
    targets: targetsIn(folder, box.env),
    registry: registries({ environment: {}, uploads: uploads({}) }),
  });
  const [requester, beneficiary] = change.requester ?? ['trainer', 'ana'];
  const adapter = join(folder, 'adapter');
  const scan = join(folder, 'scan.json');
  const steps: readonly (readonly [Label, number, Person, readonly string[]])[] = [
    ['root', 0, 'mia', ['init', directory, '--policy', join(folder, 'policy'), '--object-format', format]],
    ['baseline', 2, 'eli', ['baseline', 'add', LINE, join(folder, 'base.json'), '--model', BASE.name]],
    ['lock', 2, 'trainer', ['lock', LINE]],
    ...(change.excepted === true
      ? ([
          ['opened', 10, 'omar', OPENING],
          ['excepted', 1, 'otto', ['exception', 'approve']],
        ] as const)
      : []),
    [
      'requested',
      change.excepted === true ? 19 : 30,
      requester,
      [
        ...['request', IT, '--adapter', adapter, '--metadata', join(folder, 'metadata.yaml')],
        ...(requester === 'trainer' ? ['--on-behalf-of', beneficiary] : []),
        ...(change.excepted === true ? ['--exception', EXCEPTION] : []),
      ],
    ],
    [
      'evidenced',
      1,
      'trainer',
      [
        ...['evidence', 'add', IT, join(folder, 'model-card.md'), join(folder, 'rollback-procedure.md')],
        ...(change.risky === true ? RISKY_EVIDENCE.map((name) => join(folder, name)) : []),
      ],
    ],
    ['accepted', 1, 'trainer', ['eval', IT, join(folder, 'tuned.json'), '--run', 'run-1']],
    ['exported', 1, 'trainer', ['export', IT, '--adapter', adapter]],
    ...(change.scan === true
      ? [['scanned', 1, 'trainer', ['check', 'add', IT, scan, '--name', 'malware-scan']] as const]
      : []),
    ...(change.owners ?? []).map(
      ([label, who, role]) => [label, 1, who, ['approve', IT, '--role', role]] as const,
    ),
    ['deployed', 20, 'omar', ['approve', IT]],
    ...SUCCESSORS.slice(0, change.successors ?? 0).flatMap(({ iteration, name, submitted, succeeded }) => {
      const evidence = ['model-card.md', 'rollback-procedure.md'].flatMap((file) => [
        '--evidence',
        join(folder, file),
      ]);
      const words = [
        ...['submit', iteration, '--adapter', join(folder, `adapter-${name}`)],
        ...['--results', join(folder, `tuned-${name}.json`), '--metadata', join(folder, 'metadata.yaml')],
        ...['--on-behalf-of', beneficiary, ...evidence],
      ];
      return [
        [submitted, 1, 'trainer', words],
        [succeeded, 1, 'omar', ['approve', iteration]],
      ] as const;
    }),
    ['expert', 15, 'dora', ['approve', IT]],
    ['validated', 5, 'gus', ['approve', IT, '--gate', 'governance-approval']],
    ['deprecated', 5, 'omar', ['deprecate', IT, '--reason', 'The product is gone.', '--retire']],
  ];
  const at = new Map<Label, string>();
  const times = new Map<Label, number>();
  for (const [label, hours, who, argv] of steps) {
    now += hours * HOUR;
    const here = label === 'root' ? [] : ['-C', directory];
    const words = argv.map((word) => (word === EXCEPTION ? openedIn(directory) : word));
    const exit = await runProgram([...words, ...here], context(who), VERBS);
    if (exit !== 0)
      throw new Error(`the honest history under ${law} ended with ${exit} at ${label}: ${said}`);
    at.set(label, readFileSync(join(directory, '.git/refs/heads/main'), 'utf8').trim());
    times.set(label, now);
    if (label === change.until) break;
  }
  if (pinned === null) throw new Error('init pinned no root');
  // In one file it is copied for each case in no time.
  box.git(directory, ['repack', '-a', '-d', '-q']);
  const objects = everyObject(directory, box.env);
  return { directory, policy: join(folder, 'policy'), people, start, root: pinned, at, times, objects };
}

/** Stands for the id of the exception, which is not known before it is opened. */
const EXCEPTION = '<exception>';
const OPENING = [
  ...['exception', 'open', LINE, '--waive', 'contact-stated', '--versions', '1.0.*', '--days', '7'],
  ...['--control', 'Omar answers every call.', '--review-days', '7', '--reason', 'The team is new.'],
] as const;

function openedIn(directory: string): string {
  const [id] = readdirSync(join(directory, `exceptions/${LINE}`));
  if (id === undefined) throw new Error('no exception was opened');
  return id;
}

const RISKY_EVIDENCE = ['risk-assessment.md', 'data-sheet.md', 'legal-basis.md'] as const;
const DATA_SHEET = '# Claims of 2025\n\nFree text of claimants, pseudonymised.\n';
const LEGAL_BASIS = '# Legal basis\n\nConsent, by the form of 2024.\n';

/** The same, honest about a permission that nobody had before and about personal data. */
function risky(metadata: string): string {
  const { change, lineage, ...more } = parse(metadata) as {
    change: object;
    lineage: { datasets: object[] };
  };
  return stringify({
    ...more,
    change: {
      ...change,
      flags: {
        'affects-production-traffic': true,
        'autonomous-planning': false,
        'policy-semantics': false,
        'sensitive-task': false,
      },
      permissions: ['tool:calendar'],
    },
    lineage: {
      ...lineage,
      datasets: lineage.datasets.map((set) => ({
        ...set,
        personalData: true,
        sheet: sha256(new TextEncoder().encode(DATA_SHEET)),
        legalBasis: sha256(new TextEncoder().encode(LEGAL_BASIS)),
      })),
    },
  });
}

let said = '';
const SILENT = {
  interactive: true,
  columns: 80,
  rows: 24,
  color: false,
  out: (text: string): void => void (said = text),
  say: (text: string): void => void (said = text),
  progress: (): void => undefined,
  ask: () => Promise.resolve(''),
  confirm: () => Promise.resolve(true),
  secret: () => Promise.resolve(''),
};

function furnish(folder: string, people: People, start: number, change: LawChange): void {
  const ready = (path: string): string =>
    readFileSync(new URL(`../../policy/${path}`, import.meta.url), 'utf8');
  const policy = parse(ready('team/policy.yaml')) as {
    lines: object[];
    gates: object;
    separation: object;
  };
  const results = (which: 'base' | 'tuned', time: number, adapter = 'adapter'): string => {
    const { scores, ...run } = evaluationOf(which, which === 'base' ? null : adapter, time);
    return sampleResults({
      ...run,
      date: toTime(time),
      tasks: scores.map((score) => ({ ...score, filter: 'none' })),
    });
  };
  const metadata = metadataOf({ from: start + 20 * HOUR, to: start + 28 * HOUR });
  const files: Record<string, string | Uint8Array> = {
    'policy/policy.yaml': stringify({
      ...policy,
      lines: policy.lines.map((line) => ({ ...line, ...change.line })),
      gates: { ...policy.gates, ...change.gates },
      separation: { ...policy.separation, ...change.separation },
      ...(change.guarded !== undefined && { guarded: change.guarded }),
      ...(change.risk !== undefined && { risk: change.risk }),
      ...(change.targets !== undefined && { targets: change.targets }),
      ...(change.trainers !== undefined && { trainers: change.trainers }),
      ...(change.intake !== undefined && { intake: change.intake }),
    }),
    'policy/signers.yaml': signersYaml(people, start, change.grants),
    'policy/rubrics/claims.json': ready('rubrics/claims.json'),
    'base.json': results('base', start),
    'tuned.json': results('tuned', start + 29 * HOUR),
    'metadata.yaml':
      change.risky === true
        ? risky(metadata)
        : change.excepted === true
          ? metadata.replace(/^contact: .*\n/m, '')
          : metadata,
    'risk-assessment.md': '# Risk\n\nIt may route a claim wrongly; a handler looks at each.\n',
    'data-sheet.md': DATA_SHEET,
    'legal-basis.md': LEGAL_BASIS,
    'scan.json': JSON.stringify({
      schema: 'modelsmith/generic-check/v1',
      tool: { name: 'scanner', version: '1' },
      findings: [],
    }),
    'model-card.md': MODEL_CARD_TEXT,
    'rollback-procedure.md': ROLLBACK_TEXT,
  };
  for (const [fingerprint, armored] of certificates(people))
    files[`policy/keys/${fingerprint}.asc`] = armored;
  for (const [name, key] of people.keys) files[`people/${name}.asc`] = key.privateArmored;
  const adapterOf = (seed: string) =>
    loraAdapter({
      seed,
      base: BASE.name,
      revision: BASE.revision,
      rank: 8,
      modules: ['q_proj', 'v_proj'],
      hidden: 64,
      layers: 2,
    });
  for (const file of adapterOf(LINE)) files[`adapter/${file.path}`] = file.bytes;
  SUCCESSORS.slice(0, change.successors ?? 0).forEach(({ iteration, name }, index) => {
    files[`tuned-${name}.json`] = results('tuned', start + (30 + index) * HOUR, `adapter-${name}`);
    for (const file of adapterOf(iteration)) files[`adapter-${name}/${file.path}`] = file.bytes;
  });
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: path.startsWith('people/') ? 0o600 : 0o644 });
  }
}
