import { artifactWords, originWords } from '../shared/intake/artifact-words.ts';
import { printBasePin } from '../../domain/base-pin.ts';
import { filesUnder } from '../../domain/tree.ts';
import type { Bundle } from '../../machine/world.ts';
import type { View } from '../shared/command.ts';
import { confidentialLines } from '../shared/confidential/lines.ts';
import { brief, table } from '../shared/terminal/layout.ts';
import { lockWords } from '../shared/intake/lock-words.ts';
import type { StandingView } from '../shared/views/standing-view.ts';
import { field, quoted, styleOf, type Style } from '../shared/terminal/style.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { historyLines } from './history-text.ts';

/** The whole record, part by part, in the order in which things happened. */
export function recordLines(
  bundle: Bundle,
  standing: StandingView & { readonly conversation: readonly string[] },
  { columns, color }: View,
): readonly string[] {
  const style = styleOf(color);
  return [
    `${style.bold(standing.iteration)}  ${standing.state} since ${standing.since}`,
    ...field('waits for', standing.waitsFor, columns),
    ...standing.conversation.flatMap((sentence) => field('conversation', sentence, columns)),
    ...section('artifact', artifactLines(bundle, columns), style),
    ...section('change', changeLines(bundle, columns), style),
    ...section('lineage', lineageLines(bundle, columns), style),
    ...section('lock', lockLines(bundle, standing, columns), style),
    ...section('files', fileLines(bundle, columns), style),
    ...section('confidential', confidentialLines(bundle, columns), style),
    ...historyLines(bundle, style, columns),
  ];
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : ['', style.bold(title), ...lines];
}

function artifactLines({ record: { request } }: Bundle, columns: number): readonly string[] {
  const { artifact, base } = request;
  return [
    ...field('  format', artifactWords(artifact), columns),
    ...(artifact.format === 'peft-lora'
      ? field('  modules', artifact.facts.targetModules.join(', '), columns)
      : []),
    ...field('  name', artifact.name, columns),
    ...field('  digest', artifact.digest, columns),
    ...(request.origin === undefined ? [] : field('  taken from', originWords(request.origin), columns)),
    ...artifact.files.flatMap(({ path, size, sha256 }) =>
      field('  file', `${path}, ${size} bytes, sha256 ${brief(sha256)}…`, columns),
    ),
    ...field('  base', `${base.name} (pin stated by ${base.statedBy})`, columns),
    ...field('  pinned', printBasePin(base.pin), columns),
  ];
}

function changeLines({ record: { request } }: Bundle, columns: number): readonly string[] {
  const { change, metadata, principal, onBehalfOf, time } = request;
  const on = change.flags.filter(({ value }) => value).map(({ name }) => name);
  const off = change.flags.filter(({ value }) => !value).map(({ name }) => name);
  return [
    ...field('  requested', `by ${principal} for ${onBehalfOf}, ${time}`, columns),
    ...field('  mutation', change.mutation, columns),
    ...(change.parent === undefined ? [] : field('  made from', change.parent, columns)),
    ...quoted(change.summary, columns, '  | '),
    ...field('  yes', on.join(', ') || 'none', columns),
    ...field('  no', off.join(', ') || 'none (what is not declared counts as yes)', columns),
    ...field('  can', change.capabilities.join(', ') || 'nothing listed', columns),
    ...field('  may', change.permissions.join(', ') || 'nothing listed', columns),
    ...Object.entries(metadata).flatMap(([name, value]) =>
      value === undefined
        ? []
        : field(`  ${name === 'intendedUse' ? 'for' : name}`, value.replaceAll('\n', ' '), columns),
    ),
  ];
}

function lineageLines({ record: { request } }: Bundle, columns: number): readonly string[] {
  const { datasets, training } = request.lineage;
  return [
    ...datasets.flatMap((set) =>
      field(
        '  data',
        [
          set.name,
          `sha256 ${brief(set.digest)}…`,
          ...(set.licence === undefined ? [] : [set.licence]),
          ...(set.jurisdiction === undefined ? [] : [set.jurisdiction]),
          ...(set.personalData === undefined
            ? []
            : [set.personalData ? 'personal data' : 'no personal data']),
          ...(set.retention === undefined ? [] : [`kept ${set.retention}`]),
        ].join(', '),
        columns,
      ),
    ),
    ...field('  training', `${training.system}, run ${training.run}`, columns),
    ...field('  from, to', `${training.startedAt}, ${training.endedAt}`, columns),
    ...(training.codeCommit === undefined ? [] : field('  code', training.codeCommit, columns)),
  ];
}

function lockLines({ lock }: Bundle, { lockStrength }: StandingView, columns: number): readonly string[] {
  const { thresholds, harness, rubric } = lock;
  return [
    ...field('  lock', `${brief(lock.id)}… by ${lock.principal}, ${lock.time}`, columns),
    ...field('  tied', lockWords(lockStrength), columns),
    ...field('  rubric', `${rubric.name}, sha256 ${brief(rubric.sha256)}…`, columns),
    ...field(
      '  demands',
      `core ≥ ${thresholds.core}, held-out ≥ ${thresholds.heldOut}, regressions ≤ ${thresholds.maxRegressions}, runs ${lock.runs}`,
      columns,
    ),
    ...field('  harness', `${harness.name} ${harness.version}, ${lock.tasks.length} tasks`, columns),
    ...lock.datasets.flatMap(({ name, revision }) => field('  data set', `${name} ${revision}`, columns)),
    ...field('  baseline', `${brief(lock.baseline.id)}…`, columns),
  ];
}

function fileLines({ folder }: Bundle, columns: number): readonly string[] {
  return table(
    filesUnder(folder, '').map(([path, { size, sha256 }]) => [
      brief(sha256),
      String(size),
      escapeShown(path).replace(/[0-9a-f]{64}/, (id) => `${brief(id)}…`),
    ]),
    columns,
    2,
  );
}
