import { printBasePin } from '../../domain/base-pin.ts';
import { toIterationId } from '../../domain/names.ts';
import { lockStanding } from '../../machine/lock-strength.ts';
import { completeRuns, runsVerdict } from '../../machine/verdict.ts';
import { lockedBaseline, type Bundle, type World } from '../../machine/world.ts';
import { artifactWords } from '../shared/intake/artifact-words.ts';
import { lockWords } from '../shared/intake/lock-words.ts';
import { code, plain, section, table } from './markdown.ts';
import { comparatorLines, runLines } from './scores.ts';

/** From where the page can be made again. */
export interface Source {
  readonly commit: string;
  /** `<commit>:<fingerprint>`. */
  readonly root: string;
}

/** The result of an iteration, told from the verified history alone: the same commit gives the same page. */
export function resultPage(world: World, bundle: Bundle, source: Source): string {
  const { record } = bundle;
  const runs = completeRuns(bundle);
  return [
    `# ${plain(toIterationId(bundle.iteration))}`,
    '',
    `State ${record.state}; its runs: ${runsVerdict(bundle)}. Told from commit ${code(source.commit)}.`,
    ...section('Artifact', artifactLines(bundle)),
    ...section('Data and training', trainingLines(bundle)),
    ...section('Yardstick', yardstickLines(world, bundle)),
    ...runs.flatMap((run) => runLines(world, bundle, run)),
    ...section(
      'Runs that could not be made',
      record.evaluations.flatMap((run) =>
        run.status === 'errored' ? [`- ${plain(run.run)}: ${plain(run.error)}`] : [],
      ),
    ),
    ...comparatorLines(world, bundle, runs),
    ...section('Signatures', signatureLines(bundle)),
    ...section('How to make this again', againLines(bundle, source)),
    '',
  ].join('\n');
}

function artifactLines({ record: { request, export: exported } }: Bundle): readonly string[] {
  const { artifact, base, change } = request;
  return [
    `Known to the harness as ${plain(artifact.name)}: ${plain(artifactWords(artifact))}.`,
    `On ${plain(base.name)} at ${code(printBasePin(base.pin))}, as the ${base.statedBy} states.`,
    `Change: ${change.mutation} – ${plain(change.summary)}`,
    '',
    ...table(
      ['file', 'bytes', 'SHA-256'],
      artifact.files.map((file) => [code(file.path), String(file.size), code(file.sha256)]),
    ),
    '',
    `Digest of all: ${code(artifact.digest)}.`,
    ...(exported === undefined
      ? ['Not exported.']
      : [`Exported as ${code(exported.reference)}, manifest ${code(exported.manifest.sha256)}.`]),
  ];
}

function trainingLines({ record: { request } }: Bundle): readonly string[] {
  const { datasets, training } = request.lineage;
  return [
    ...table(
      ['data set', 'SHA-256', 'licence', 'personal data'],
      datasets.map(({ name, digest, licence, personalData }) => [
        plain(name),
        code(digest),
        plain(licence ?? 'not told'),
        personalData === undefined ? 'not told' : personalData ? 'yes' : 'no',
      ]),
    ),
    ...(datasets.length === 0 ? ['No data set is named.'] : ['']),
    `Trained by ${plain(training.system)}, run ${plain(training.run)}, from ${training.startedAt} to ${training.endedAt}, as the pipeline declares.`,
    ...(training.codeCommit === undefined ? [] : [`Code: ${code(training.codeCommit)}.`]),
  ];
}

function yardstickLines({ law, tree }: World, bundle: Bundle): readonly string[] {
  const { lock } = bundle;
  const { baseline, report } = lockedBaseline(tree, bundle);
  return [
    ...table(
      ['', ''],
      [
        ['lock', `${code(lock.id)} of ${lock.time}`],
        ['tied to it', plain(lockWords(lockStanding(law, bundle)))],
        ['rubric', `${plain(lock.rubric.name)}, SHA-256 ${code(lock.rubric.sha256)}`],
        ['harness', plain(`${lock.harness.name} ${lock.harness.version}`)],
        ['runs', `${lock.runs}; the worst decides`],
        ['baseline', `${plain(baseline.model)}, ${code(baseline.id)}`],
        ['read by', plain(`${report.importer.name} version ${report.importer.version}`)],
      ],
    ),
    '',
    ...table(
      ['task', 'version', 'digest of its prompts'],
      lock.tasks.map(({ task, version, hash }) => [
        plain(task),
        plain(version),
        hash === undefined ? 'not told' : code(hash),
      ]),
    ),
  ];
}

function signatureLines({ record, lock, approvals }: Bundle): readonly string[] {
  const entries = [
    lock,
    record.request,
    ...record.evidence,
    ...record.evaluations,
    ...(record.checks ?? []),
    ...(record.export === undefined ? [] : [record.export]),
    ...approvals,
    ...record.transitions,
  ];
  return table(
    ['act', 'by', 'as', 'key', 'time', 'entry'],
    [...entries]
      .sort((a, b) => (a.time < b.time || (a.time === b.time && a.id < b.id) ? -1 : 1))
      .map(({ act, principal, role, key, time, id }) => [
        act,
        plain(principal),
        plain(role),
        code(key),
        time,
        code(id.slice(0, 12)),
      ]),
  );
}

function againLines({ iteration }: Bundle, { commit, root }: Source): readonly string[] {
  const it = toIterationId(iteration);
  return [
    'In a full clone of the evidence repository, with the trust root from whoever you trust:',
    '',
    '```',
    `modelsmith verify --content --root ${root} --branch ${commit}`,
    `modelsmith reproduce ${it} --root ${root} --branch ${commit}`,
    `modelsmith report ${it} --root ${root} --branch ${commit}`,
    '```',
  ];
}
