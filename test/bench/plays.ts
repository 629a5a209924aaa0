import { digestOfFiles, sha256 } from '../../src/base/digest.ts';
import { Approval } from '../../src/domain/approval.ts';
import { Baseline } from '../../src/domain/baseline.ts';
import { AppliedChange, Change, ChangeApproval } from '../../src/domain/change.ts';
import { CommentEntry } from '../../src/domain/comment.ts';
import { seal } from '../../src/domain/document.ts';
import { EvaluationReport, evaluationReportDocument } from '../../src/domain/evaluation-report.ts';
import { Lock } from '../../src/domain/lock.ts';
import { modelManifest, OCI_MANIFEST, type PackagedFile } from '../../src/domain/model-manifest.ts';
import {
  toIterationId,
  toTime,
  type EntryId,
  type Iteration,
  type LineName,
} from '../../src/domain/names.ts';
import { parseOverride } from '../../src/domain/override.ts';
import { Evaluation, EvidenceEntry, Export, Step } from '../../src/domain/record.ts';
import { Request } from '../../src/domain/request.ts';
import type { GateName, State } from '../../src/domain/states.ts';
import type { TreeFolder } from '../../src/domain/tree.ts';
import type { Act, NewFile } from '../../src/machine/act.ts';
import { applicationRelies } from '../../src/machine/acts/apply-change.ts';
import { approvalRelies } from '../../src/machine/acts/decide-approval.ts';
import { deprecationRelies } from '../../src/machine/acts/deprecate.ts';
import { exportRelies } from '../../src/machine/acts/export.ts';
import { lockedContent } from '../../src/machine/acts/lock.ts';
import { transitionRelies } from '../../src/machine/acts/transition.ts';
import { changeStanding } from '../../src/machine/change-standing.ts';
import { changesOf, folderDigest } from '../../src/machine/changes.ts';
import { theftReports } from '../../src/machine/compromised-keys.ts';
import { edgeBetween } from '../../src/machine/edges.ts';
import { toFileEntries } from '../../src/machine/file-check.ts';
import { seatOf } from '../../src/machine/gate-rule.ts';
import { lawOf, ruleOfLine } from '../../src/machine/law.ts';
import { broughtBy } from '../../src/machine/policy-difference.ts';
import { lawWith } from '../../src/machine/proposal.ts';
import { scoreRun } from '../../src/machine/run-score.ts';
import { statementOf } from '../../src/machine/statement.ts';
import { baselineNamed, baselinesOf, bundleOf, locksOf, type Bundle } from '../../src/machine/world.ts';
import type { Crew, Member } from './crew.ts';
import { encode, REPOSITORY_ID } from '../unit/support/law-files.ts';
import { policyFiles, TASK_NAMES } from './law.ts';

/** One commit of a generated history: who signs it, and the acts in it, each made for the tree the one before left. */
export interface Play {
  readonly by: Member;
  readonly title: string;
  readonly acts: readonly ((tree: TreeFolder, now: number) => Act)[];
}

/** What every adapter is made for. */
export const BASE = 'org/base';
export const BASE_REVISION = 'b'.repeat(40);

const LINES_OF_PROSE = 40;

/** Prose of a few kilobytes that says something else each time. */
function prose(title: string): string {
  const lines = Array.from(
    { length: LINES_OF_PROSE },
    (_, index) =>
      `${index + 1}. ${sha256(encode(`${title} ${index}`)).slice(0, 12)} was looked at, and holds.`,
  );
  return `# ${title}\n\n${lines.join('\n')}\n`;
}

/** What people and the pipeline do in one line of models. */
export class Plays {
  private readonly crew: Crew;

  constructor(crew: Crew) {
    this.crew = crew;
  }

  baseline(line: LineName): Play {
    const raw = rawResults(`${line} baseline`, 0);
    const report = reportOf(raw, 0, null);
    return this.play('eva', `baseline of ${line}`, (_tree, now) => ({
      kind: 'baseline',
      baseline: seal(Baseline, {
        schema: 'modelsmith/baseline/v1',
        ...this.header('baseline', 'eva', 'evaluation-owner', now, []),
        ...{ line, model: 'org/base', report: sha256(report), files: toFileEntries([raw]) },
      } as never),
      ...{ report, files: [raw] },
    }));
  }

  lock(line: LineName): Play {
    return this.play('ci', `lock of ${line}`, (tree, now) => {
      const law = lawOf(tree);
      const rule = there(ruleOfLine(law, line));
      const rubric = there(law.rubrics.get('claims'));
      const found = there(baselineNamed(tree, line, there(baselinesOf(tree, line).at(-1)).id));
      const { baselineReport, ...content } = lockedContent(
        ...[rule, rubric.sha256, rubric.rubric, found.baseline.report, found.report],
      );
      const lock = seal(Lock, {
        schema: 'modelsmith/lock/v1',
        ...this.header('lock', 'ci', 'pipeline', now, [found.baseline.id]),
        ...{ line, ...content, datasets: [], baseline: { id: found.baseline.id, report: baselineReport } },
      } as never);
      return { kind: 'lock', lock };
    });
  }

  /** @param files of the adapter; where none are given, some that were never anywhere. */
  request(iteration: Iteration, files: readonly PackagedFile[] = madeUp(iteration)): Play {
    const name = toIterationId(iteration);
    return this.play('ci', `request ${name}`, (tree, now) => {
      const lock = there(locksOf(tree, iteration.line).at(-1));
      const request = seal(Request, {
        ...this.header('request', 'ci', 'pipeline', now, [lock.id]),
        ...{ onBehalfOf: 'mia', lock: lock.id, lockStrength: 'declared' },
        artifact: {
          ...{ format: 'peft-lora', name: 'adapter', files, digest: digestOfFiles(files) },
          facts: { rank: 8, targetModules: ['q_proj', 'v_proj'], parameters: 4_194_304 },
        },
        base: {
          name: BASE,
          pin: { kind: 'commit', value: BASE_REVISION },
          statedBy: 'adapter-config',
        },
        change: {
          ...{ mutation: 'adapter-update', summary: `more claims for ${name}`, flags: [] },
          ...{ capabilities: ['summarise'], permissions: [] },
        },
        lineage: {
          datasets: [{ name: 'claims', digest: 'a'.repeat(64) }],
          training: { system: 'axolotl', run: name, startedAt: toTime(now - 120), endedAt: toTime(now - 60) },
        },
        metadata: {},
      } as never);
      const rubric = there(lawOf(tree).rubrics.get('claims')).file.bytes;
      return { kind: 'request', iteration, request, rubric };
    });
  }

  evidence(iteration: Iteration): Play {
    const name = toIterationId(iteration);
    const files: readonly NewFile[] = [
      { path: 'model-card.md', bytes: encode(prose(`Model card of ${name}`)) },
      {
        path: 'rollback-procedure.md',
        bytes: encode('## Trigger\nx\n## Steps\nx\n## Who\nx\n## Check afterwards\nx\n'),
      },
    ];
    return this.play('ci', `evidence of ${name}`, (tree, now) => {
      const { record } = bundleIn(tree, iteration);
      const evidence = seal(EvidenceEntry, {
        ...this.header('evidence', 'ci', 'pipeline', now, [record.request.id]),
        ...{ files: toFileEntries(files), answers: [] },
      } as never);
      return { kind: 'evidence', iteration, evidence, files };
    });
  }

  /** A passing run, and the transition that follows from it. */
  evaluate(iteration: Iteration): Play {
    const name = toIterationId(iteration);
    const raw = rawResults(name, 6);
    const report = reportOf(raw, 6, 'adapter');
    const act = (tree: TreeFolder, now: number): Act => {
      const bundle = bundleIn(tree, iteration);
      const parsed = evaluationReportDocument.parse(report, 'report.json');
      if (!parsed.ok) throw new Error(parsed.problems[0].message);
      const scored = scoreRun({ tree }, bundle, parsed.value);
      if (scored.kind !== 'scored') throw new Error(JSON.stringify(scored));
      const evaluation = seal(Evaluation, {
        ...this.header('evaluate', 'ci', 'pipeline', now, [bundle.record.request.id, bundle.lock.id]),
        ...{ run: 'run-1', artifact: bundle.record.request.artifact.digest, lock: bundle.lock.id },
        ...{ status: 'complete', report: sha256(report), files: toFileEntries([raw]), scores: scored.scores },
      } as never);
      return { kind: 'evaluate', iteration, evaluation, report, files: [raw] };
    };
    return this.play('ci', `run of ${name}`, act, this.step(iteration, 'ci', 'pipeline', 'eval-accepted'));
  }

  export(iteration: Iteration): Play {
    const act = (tree: TreeFolder, now: number): Act => {
      const bundle = bundleIn(tree, iteration);
      const { artifact, base } = bundle.record.request;
      const { digest, manifestBytes } = modelManifest({ ...artifact, base }, iteration);
      const exported = seal(Export, {
        ...this.header('export', 'ci', 'pipeline', now, exportRelies(bundle)),
        artifact: artifact.digest,
        manifest: { mediaType: OCI_MANIFEST, size: manifestBytes.length, sha256: digest },
        ...{ registry: 'oci:registry', reference: `${iteration.line}-${iteration.version}` },
      } as never);
      return { kind: 'export', iteration, export: exported };
    };
    const step = this.step(iteration, 'ci', 'pipeline', 'artifact-exported');
    return this.play('ci', `export ${toIterationId(iteration)}`, act, step);
  }

  /** @param to the state that follows, where this is the last word that was waited for. */
  approve(iteration: Iteration, gate: GateName, by: Member, to: State | null): Play {
    const role = ROLE_AT[gate];
    const act = (tree: TreeFolder, now: number): Act => {
      const world = { law: lawOf(tree), tree };
      const bundle = bundleIn(tree, iteration);
      const rule = seatOf(world.law, bundle, { gate, role });
      const approval = seal(Approval, {
        schema: 'modelsmith/approval/v1',
        ...this.header('approve', by, role, now, approvalRelies(world, bundle, rule)),
        ...{ iteration: toIterationId(iteration), gate },
        edge: { from: rule.edge.from, to: rule.edge.to },
        statement: statementOf(world.law, bundle, rule),
        acknowledgements: [...rule.acknowledgements].sort(),
        ...{ answers: [], reason: `Looked at ${toIterationId(iteration)} and its transcripts.` },
      } as never);
      return { kind: 'decide', iteration, approval };
    };
    const steps = to === null ? [] : [this.step(iteration, by, role, to)];
    return this.play(by, `approve ${toIterationId(iteration)} at ${gate}`, act, ...steps);
  }

  comment(iteration: Iteration, by: Member, role: string, text: string): Play {
    return this.play(by, `comment on ${toIterationId(iteration)}`, (_tree, now) => {
      const comment = seal(CommentEntry, {
        schema: 'modelsmith/comment/v1',
        ...this.header('comment', by, role, now, []),
        ...{ iteration: toIterationId(iteration), reason: text },
      } as never);
      return { kind: 'comment', iteration, comment };
    });
  }

  deprecate(iteration: Iteration): Play {
    return this.play('lee', `deprecate ${toIterationId(iteration)}`, (tree, now) => {
      const bundle = bundleIn(tree, iteration);
      const step = seal(Step, {
        ...this.header('deprecate', 'lee', 'team-lead', now, deprecationRelies(bundle)),
        ...{ from: bundle.record.state, to: 'deprecated', reason: 'superseded' },
      } as never);
      return { kind: 'deprecate', iteration, step: step as never };
    });
  }

  /** An override that holds nothing up here: it freezes the alias of a line nobody promotes. */
  freeze(id: string): Play {
    return this.play('mia', 'freeze the alias of retired', (_tree, now) => {
      const text = JSON.stringify({
        ...{ schema: 'modelsmith/override/v1', id, repository: REPOSITORY_ID, principal: 'mia' },
        ...{ role: 'override', key: this.crew.mia.fingerprint, time: toTime(now), reason: 'a drill' },
        ...{ act: 'freeze', line: 'retired', alias: 'production' },
      });
      const parsed = parseOverride(encode(text), 'override.json');
      if (!parsed.ok) throw new Error(parsed.problems[0].message);
      return { kind: 'override', override: parsed.value, bytes: encode(text) };
    });
  }

  /** A new version of the policy: proposed, approved by everybody it concerns, put in force. */
  policy(version: number): readonly Play[] {
    const files = policyFiles(this.crew, version);
    const propose = this.play('eva', `propose policy ${version}`, (tree, now) => {
      const law = lawOf(tree);
      const proposed = lawWith(tree, files);
      if (!proposed.ok) throw new Error(proposed.problems[0].message);
      const change = seal(Change, {
        schema: 'modelsmith/change/v1',
        ...this.header('propose', 'eva', 'evaluation-owner', now, []),
        ...{ version, reason: 'times change', kind: 'policy', replaces: folderDigest(tree, 'policy') },
        proposal: digestOfFiles(files.map(({ path, bytes }) => ({ path, sha256: sha256(bytes) }))),
        ...{ brings: broughtBy(law, proposed.value), reports: theftReports(law) },
      } as never);
      return { kind: 'propose', change, files };
    });
    const say = (by: Member, role: string): Play =>
      this.play(by, `approve policy ${version} as ${role}`, (tree, now) => {
        const { change } = newestChange(tree);
        const approval = seal(ChangeApproval, {
          schema: 'modelsmith/change-approval/v1',
          ...this.header('approve', by, role, now, [change.id]),
          ...{ change: change.id, answers: [], reason: 'as looked at' },
        } as never);
        return { kind: 'decide-change', approval };
      });
    const apply = this.play('otto', `apply policy ${version}`, (tree, now) => {
      const found = newestChange(tree);
      const { counted } = changeStanding({ law: lawOf(tree), tree }, found, now);
      const applied = seal(AppliedChange, {
        schema: 'modelsmith/change-applied/v1',
        ...this.header('apply', 'otto', 'policy-approver', now, applicationRelies(counted)),
        change: found.change.id,
      } as never);
      return { kind: 'apply-change', applied };
    });
    return [
      propose,
      ...['policy-approver', 'model-owner', 'ml-manager'].map((role) => say('mia', role)),
      ...['policy-approver', 'security-owner'].map((role) => say('otto', role)),
      apply,
    ];
  }

  private step(iteration: Iteration, by: Member, role: string, to: State) {
    return (tree: TreeFolder, now: number): Act => {
      const bundle = bundleIn(tree, iteration);
      const { state: from } = bundle.record;
      const edge = there(edgeBetween(from, to));
      const relies = transitionRelies({ law: lawOf(tree), tree }, bundle, edge, now);
      const step = seal(Step, { ...this.header('transition', by, role, now, relies), from, to } as never);
      return { kind: 'transition', iteration, step: step as never };
    };
  }

  private play(by: Member, title: string, ...acts: Play['acts']): Play {
    return { by, title, acts };
  }

  private header(act: string, by: Member, role: string, now: number, reliedOn: readonly EntryId[]): object {
    const key = this.crew[by].fingerprint;
    const sorted = [...reliedOn].sort();
    return { act, repository: REPOSITORY_ID, principal: by, role, key, time: toTime(now), reliedOn: sorted };
  }
}

const ROLE_AT = {
  'operator-signoff': 'operator',
  'domain-validation': 'domain-expert',
  'governance-approval': 'governance-approver',
} as const;

function there<T>(found: T | null | undefined): T {
  if (found == null) throw new Error('what the history builds on is not there');
  return found;
}

function bundleIn(tree: TreeFolder, iteration: Iteration): Bundle {
  return there(bundleOf(tree, iteration));
}

function newestChange(tree: TreeFolder) {
  return there([...changesOf(tree)].sort((a, b) => (a.change.time < b.change.time ? 1 : -1))[0]);
}

function madeUp(iteration: Iteration): readonly PackagedFile[] {
  return toFileEntries([
    { path: 'adapter_config.json', bytes: encode('{}') },
    { path: 'adapter_model.safetensors', bytes: encode(toIterationId(iteration)) },
  ]);
}

const SAMPLES = 100;

/** What a harness wrote: scores and the settings of every task, of the size such files have. @param better in percent. */
function rawResults(seed: string, better: number): NewFile {
  const digest = (text: string): string => sha256(encode(`${seed} ${text}`));
  const results = Object.fromEntries(
    TASK_NAMES.map((task) => [
      task,
      { 'acc,none': 0.75 + better / 100, 'acc_stderr,none': 0.02, alias: task },
    ]),
  );
  const configs = Object.fromEntries(
    TASK_NAMES.map((task) => [
      task,
      { task, dataset_path: `org/${task}`, doc_to_text: digest(`${task} prompt`).repeat(4), num_fewshot: 0 },
    ]),
  );
  const items = Array.from({ length: SAMPLES }, (_, index) => digest(`item ${index}`));
  return { path: 'results.json', bytes: encode(JSON.stringify({ results, configs, items }, null, 2)) };
}

function reportOf(raw: NewFile, better: number, adapter: string | null): Uint8Array {
  const row = (task: string): object => ({
    ...{ task, metric: 'acc', filter: 'none', value: `0.${75 + better}`, higherIsBetter: true },
    samples: { original: SAMPLES, effective: SAMPLES },
    ...{ version: '1.0', hash: 'h', shots: 0 },
  });
  const report = EvaluationReport.parse({
    schema: 'modelsmith/evaluation-report/v1',
    importer: { name: 'lm-eval-v0.4', version: 1 },
    harness: { name: 'lm-eval', version: '0.4.9', configSha256: '0'.repeat(64) },
    seeds: [],
    model: {
      ...{ name: 'hf', arguments: 'pretrained=org/base', base: 'org/base' },
      ...(adapter !== null && { adapter }),
    },
    ...{ groups: [], tasks: TASK_NAMES.map(row) },
    raw: [{ path: raw.path, size: raw.bytes.length, sha256: sha256(raw.bytes) }],
  });
  return encode(evaluationReportDocument.print(report));
}
