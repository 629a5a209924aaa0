import type { Law } from '../../../machine/law.ts';
import { lockStanding } from '../../../machine/lock-strength.ts';
import type { Bundle } from '../../../machine/world.ts';
import { artifactWords } from '../intake/artifact-words.ts';
import { lockWords } from '../intake/lock-words.ts';
import { field } from '../terminal/style.ts';

/** What is promoted: artifact, base, change, requester, lock. Digests are given whole, to be compared. */
export function subjectLines(law: Law, bundle: Bundle, columns: number, brief: boolean): readonly string[] {
  const { record, lock } = bundle;
  const { artifact, base, change, lineage, onBehalfOf, principal, time } = record.request;
  const { files } = artifact;
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const raised = change.flags.filter((flag) => flag.value).map((flag) => flag.name);
  const denied = change.flags.filter((flag) => !flag.value).map((flag) => flag.name);
  const always: readonly (readonly [string, string])[] = [
    ['artifact', `sha256 ${artifact.digest}`],
    ['base', `${base.name}, pinned to ${base.pin.kind} ${base.pin.value} (stated by the ${base.statedBy})`],
    ['change', `${change.mutation}: ${change.summary.replaceAll('\n', ' ')}`],
    ['flags', raised.length === 0 ? 'none raised' : raised.join(', ')],
  ];
  const more: readonly (readonly [string, string])[] = [
    ['denied', denied.length === 0 ? 'no flag (a flag not declared counts as raised)' : denied.join(', ')],
    [
      artifact.format === 'peft-lora' ? 'adapter' : 'model',
      `"${artifact.name}", ${artifactWords(artifact)}, ${files.length} files of ${size} bytes`,
    ],
    ['exported', exported(bundle)],
    ['requested', `by ${principal} for ${onBehalfOf} at ${time}`],
    ['allowed', [...change.capabilities, ...change.permissions].join(', ') || 'no capability or permission'],
    ['data', lineage.datasets.map((set) => set.name).join(', ') || 'no data set is named'],
    [
      'lock',
      `${lock.id.slice(0, 12)}… of ${lock.time}; training began ${lineage.training.startedAt} (as the pipeline declares)`,
    ],
    ['its strength', lockWords(lockStanding(law, bundle))],
  ];
  return [...always, ...(brief ? [] : more)].flatMap(([label, text]) => field(label, text, columns));
}

function exported({ record }: Bundle): string {
  const { export: done } = record;
  return done === undefined ? 'not yet' : `manifest sha256 ${done.manifest.sha256} as ${done.reference}`;
}
