import { modelManifest } from '../../domain/model-manifest.ts';
import { baselineFolder, bundleFolder, lockFile, RECORD } from '../../domain/paths.ts';
import { filesUnder } from '../../domain/tree.ts';
import type { Bundle } from '../../machine/world.ts';
import { shellWord } from '../shared/terminal/escape.ts';

/** A digest with the command that computes it again, typed at the top of the evidence repository. */
export interface Recomputed {
  readonly what: string;
  readonly sha256: string;
  /** Lines of shell: only sha256sum, grep, cut and jq. Null where it takes more than that. */
  readonly command: readonly string[] | null;
}

/** Every digest the record of an iteration rests on. */
export function digestsOf(bundle: Bundle): readonly Recomputed[] {
  const { record, lock, iteration, approvals } = bundle;
  const folder = bundleFolder(iteration);
  const { artifact } = record.request;
  const embedded = (what: string, id: string, query: string): Recomputed => ({
    what,
    sha256: id,
    command: [`jq '${query}' ${folder}/${RECORD} | grep -v '^  "id": ' | sha256sum`],
  });
  const file = (what: string, id: string, path: string): Recomputed => ({
    what,
    sha256: id,
    command: [`grep -v '^  "id": ' ${path} | sha256sum`],
  });
  return [
    {
      what: `artifact (in the folder with the adapter)`,
      sha256: artifact.digest,
      command: [
        `sha256sum ${artifact.files.map(({ path }) => shellWord(path, 'file')).join(' ')} | sha256sum`,
      ],
    },
    file('lock', lock.id, lockFile(iteration.line, lock.id)),
    { what: 'locked rubric', sha256: lock.rubric.sha256, command: [`sha256sum ${folder}/rubric.json`] },
    file('baseline', lock.baseline.id, `${baselineFolder(iteration.line, lock.baseline.id)}/baseline.json`),
    {
      what: 'report of the baseline',
      sha256: lock.baseline.report,
      command: [`sha256sum ${baselineFolder(iteration.line, lock.baseline.id)}/report.json`],
    },
    embedded('request', record.request.id, '.request'),
    ...record.evidence.map((entry, index) => embedded('evidence', entry.id, `.evidence[${index}]`)),
    ...record.evaluations.map((run, index) => embedded(`run ${run.run}`, run.id, `.evaluations[${index}]`)),
    ...(record.checks ?? []).map((check, index) =>
      embedded(`check ${check.name}`, check.id, `.checks[${index}]`),
    ),
    ...(record.export === undefined ? [] : [embedded('export', record.export.id, '.export')]),
    ...(record.erasures ?? []).map((erasure, index) =>
      embedded('erasure', erasure.id, `.erasures[${index}]`),
    ),
    ...manifestOf(bundle),
    ...approvals.map((entry) =>
      file(`${entry.act} by ${entry.principal}`, entry.id, `${folder}/approvals/${entry.id}.json`),
    ),
    ...record.transitions.map((step, index) => embedded(`to ${step.to}`, step.id, `.transitions[${index}]`)),
  ];
}

/** The exported manifest is a pure function of the record; the registry keeps its bytes under this name. */
function manifestOf({ record, iteration }: Bundle): readonly Recomputed[] {
  const { export: exported, request } = record;
  if (exported === undefined) return [];
  const { artifact, base } = request;
  const made = modelManifest({ files: artifact.files, digest: artifact.digest, base }, iteration);
  const same = made.digest === exported.manifest.sha256;
  return [
    {
      what: `manifest (in the registry; made again from the record: ${same ? 'the same' : `another, ${made.digest}`})`,
      sha256: exported.manifest.sha256,
      command: [`sha256sum blobs/sha256/${exported.manifest.sha256}`],
    },
  ];
}

/** `sha256sum -c` over every file of the bundle, ready to be pasted. */
export function checkEveryFile({ folder, iteration }: Bundle): readonly string[] {
  return [
    `(cd ${bundleFolder(iteration)} && sha256sum -c) <<'EOF'`,
    ...filesUnder(folder, '').map(([path, { sha256 }]) => `${sha256}  ${path}`),
    'EOF',
  ];
}
