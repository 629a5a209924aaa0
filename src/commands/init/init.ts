import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { CommitId, LineName, PrincipalName, SafeName } from '../../domain/names.ts';
import { REPOSITORY_FILE } from '../../domain/paths.ts';
import { EMPTY_TREE, nodeAt } from '../../domain/tree.ts';
import { certificateProblems } from '../../evidence/certificates.ts';
import { SnapshotReader } from '../../evidence/snapshot.ts';
import { readCommit } from '../../evidence/history.ts';
import { writeCommit } from '../../evidence/write-commit.ts';
import type { NewFile, Put } from '../../machine/act.ts';
import { apply } from '../../machine/decide.ts';
import { holderOfKey, parseLaw, type Law } from '../../machine/law.ts';
import { livelihoodProblems } from '../../machine/livelihood.ts';
import { unheldRoles } from '../../machine/unheld-roles.ts';
import { policyProblems } from '../../machine/policy-invariants.ts';
import type { GitRepository } from '../../ports/repository.ts';
import type { Command } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { allOf } from '../shared/explaining/explained.ts';
import { policyFolder } from '../shared/changes/policy-folder.ts';
import { repositoryFile } from '../shared/opening/repository-file.ts';
import { printTrustRoot } from '../shared/opening/trust-root.ts';
import { unheldLines } from '../shared/views/unheld-lines.ts';
import { findKey } from './find-key.ts';
import { lawToReplace } from './law-to-replace.ts';
import { isReady, readyPolicy } from './ready-policy.ts';
import { soloPolicy } from './solo-policy.ts';

const Input = z
  .object({
    folder: z.string().default('.'),
    policy: z.string().optional(),
    signers: z.string().optional(),
    keys: z.string().optional(),
    solo: z.boolean().default(false),
    person: PrincipalName.optional(),
    line: LineName.optional(),
    rubric: z.string().optional(),
    core: z.string().optional(),
    heldOut: z.string().optional(),
    capability: z.array(SafeName).default([]),
    pipelineCertificate: z.string().optional(),
    objectFormat: z.enum(['sha1', 'sha256']).default('sha1'),
    demonstration: z.boolean().default(false),
    continues: CommitId.optional(),
  })
  .refine((input) => input.solo !== (input.policy !== undefined), {
    path: ['policy'],
    message: 'or --solo must be given: one of them',
  })
  .refine(
    (input) =>
      !input.solo ||
      (input.line !== undefined &&
        input.rubric !== undefined &&
        input.pipelineCertificate !== undefined &&
        input.person !== undefined &&
        input.core !== undefined &&
        input.heldOut !== undefined),
    {
      path: ['solo'],
      message: 'needs --person, --line, --rubric, --core, --held-out and --pipeline-certificate',
    },
  )
  .superRefine(({ signers, policy, keys, person, line, rubric }, context) => {
    const lacking = Object.entries({ policy, keys, person, line, rubric }).flatMap(([name, given]) =>
      given === undefined ? [`--${name}`] : [],
    );
    if (signers !== undefined && lacking.length > 0)
      context.addIssue({ code: 'custom', path: ['signers'], message: `needs ${allOf(lacking)}, too` });
  })
  .refine(({ signers, keys }) => signers !== undefined || keys === undefined, {
    path: ['keys'],
    message: 'goes with --signers',
  });

/** Makes an evidence repository: its law in one signed commit, the trust root. */
export const init: Command<z.infer<typeof Input>> = {
  name: 'init',
  group: 'start',
  summary: 'make an evidence repository from a policy, and print its trust root',
  description:
    'The first commit holds modelsmith.yaml and policy/ and is signed by one of the people in it. Everything later is\n' +
    'judged from there, so keep the printed trust root outside the repository: CI and colleagues need it.',
  arguments: [
    { name: '[folder]', description: 'where the repository is or shall be (default: the current folder)' },
  ],
  options: [
    {
      flags: '--policy <folder>',
      description:
        'folder with policy.yaml, signers.yaml, keys/ and rubrics/; with --signers the name of a ready policy: team, regulated',
    },
    { flags: '--signers <file>', description: 'for a ready policy: who may sign (signers.yaml)' },
    { flags: '--keys <folder>', description: 'for a ready policy: their certificates, *.asc' },
    { flags: '--solo', description: 'the policy for one person; every release then says SEPARATION_WAIVED' },
    {
      flags: '--person <name>',
      description: 'with --solo: your name in the evidence, such as ana; else who owns the line',
    },
    { flags: '--line <line>', description: 'with --solo or a ready policy: the line of models' },
    { flags: '--rubric <file>', description: 'with --solo or a ready policy: the rubric of the line' },
    { flags: '--core <decimal>', description: 'least core composite, from 0 to 1 (a ready policy has one)' },
    {
      flags: '--held-out <decimal>',
      description: 'least held-out composite, from 0 to 1 (a ready policy has one)',
    },
    {
      flags: '--capability <name>',
      description: 'something models of the line may be built for',
      repeat: true,
    },
    {
      flags: '--pipeline-certificate <file>',
      description: 'with --solo: public key of the training pipeline, a key of its own',
    },
    {
      flags: '--object-format <format>',
      description: 'sha1 (default) or sha256, for a new repository',
      values: ['sha1', 'sha256'],
    },
    { flags: '--key-file <file>', description: 'sign with this OpenPGP key file instead of GnuPG' },
    {
      flags: '--continues <commit>',
      description: 'take over the evidence of this tip under a new law, where no key of the old one is left',
    },
    { flags: '--demonstration', description: 'mark everything in the repository as a demonstration' },
  ],
  examples: [
    'modelsmith init evidence --policy my-policy',
    'modelsmith init evidence --policy team --signers signers.yaml --keys certificates --person ana --line claims-triage --rubric rubric.json',
    'modelsmith init evidence --solo --person ana --line claims-triage --rubric rubric.json --core 0.72 --held-out 0.7 --pipeline-certificate pipeline.asc',
  ],
  writes: false,
  reads: false,
  input: Input,
  run: async (context, input, common) => {
    const key = await findKey(context, common.keyFile);
    const files =
      input.policy === undefined
        ? await soloPolicy(context, input, key)
        : input.signers !== undefined
          ? await readyPolicy(context, input)
          : (await ownPolicy(context, input.policy)).map(({ path, bytes }) => ({
              path: `policy/${path}`,
              bytes,
            }));
    const { id, put } = repositoryFile(context, input.demonstration ? 'demo-' : '', input.continues);
    const puts: readonly Put[] = [put, ...files];
    const law = await checkLaw(context, puts);
    const holder = holderOfKey(law, key.signer.primary);
    if (holder?.principal.kind !== 'human') {
      throw new CannotTell(
        'NO_SIGNER',
        'the key at hand belongs to no human in signers.yaml, so it cannot sign the trust root',
        { facts: [key.signer.primary] },
      );
    }
    const repository = await openOrMake(context, input.folder, input.objectFormat);
    const onto = await repository.resolve('HEAD');
    const removed =
      input.continues === undefined
        ? await refuseSecondInit(repository, onto)
        : await lawToReplace(repository, onto, input.continues, puts);
    const attributes: readonly Put[] =
      onto === null ? [{ path: '.gitattributes', bytes: new TextEncoder().encode('* -text\n') }] : [];
    const { principal } = holder;
    const result = await writeCommit(repository, context.verifier, key.signer, {
      ref: (await repository.currentBranch()) ?? 'refs/heads/main',
      parent: null,
      ...(onto !== null && { onto }),
      puts: [...removed, ...puts, ...attributes],
      message:
        input.continues === undefined
          ? `Found the evidence repository ${id}`
          : `Found the evidence repository ${id} on the evidence of ${input.continues}`,
      author: { name: principal.name, email: principal.email ?? `${principal.id}@modelsmith.invalid` },
      now: context.now(),
    });
    if (result.kind === 'refused') {
      if (!isNonEmpty(result.reasons)) throw new Error('refused without a reason');
      return { kind: 'refused', headline: 'the trust root would not be valid', reasons: result.reasons };
    }
    const unheld = unheldRoles(law, context.now());
    const root = { commit: result.commit, signer: key.signer.primary };
    await context.trust.pin(id, root);
    return {
      kind: 'yes',
      json: { repository: id, root: printTrustRoot(root), signer: principal.id, unheld },
      text: ({ columns }) =>
        [
          ...(input.demonstration ? ['DEMONSTRATION'] : []),
          `evidence repository ${id}, signed by ${principal.id}`,
          '',
          'trust root (keep it outside the repository; CI and colleagues need it):',
          `  ${printTrustRoot(root)}`,
          `pinned for you in ${context.trust.file}`,
          '',
          ...unheldLines(unheld, columns),
          'next: in the repository: modelsmith doctor',
          '      to share it: git remote add origin <address>, then modelsmith sync',
          `      in CI: modelsmith verify --root ${printTrustRoot(root)}`,
        ].join('\n'),
    };
  },
};

/** A folder of one's own. Who names a ready policy and nothing else is told what that takes. */
async function ownPolicy(context: Context, policy: string): Promise<readonly NewFile[]> {
  if (isReady(policy) && !(await context.files.exists(`${policy}/policy.yaml`)))
    throw new CannotTell(
      'USAGE',
      `${policy} is a ready policy, which needs --signers and what goes with it`,
      {
        remedy: 'modelsmith init --help',
      },
    );
  return await policyFolder(context, policy);
}

/** A law nobody could live under is refused before it is signed. */
async function checkLaw(context: Context, puts: readonly Put[]): Promise<Law> {
  const tree = apply(EMPTY_TREE, puts);
  const law = parseLaw(tree);
  const problems = law.ok ? await certificateProblems(context.verifier, law.value) : law.problems;
  const [first, ...rest] = problems;
  if (first !== undefined) {
    throw new CannotTell('BAD_DATA', `${first.place.file} ${first.message}`, {
      place: first.place,
      facts: rest.map(
        ({ place, message }) => `${place.file}${place.line === undefined ? '' : `:${place.line}`} ${message}`,
      ),
    });
  }
  if (!law.ok) throw new Error('a law without problems that cannot be read');
  const at = context.now();
  const [stuck, ...more] = policyProblems(law.value, at);
  if (stuck !== undefined)
    throw new CannotTell('BAD_DATA', stuck, {
      facts: more,
      place: { file: 'policy/policy.yaml' },
      remedy: 'enroll more people, grant the roles, or change the gates in policy.yaml',
    });
  const [locked, ...others] = livelihoodProblems(law.value, at);
  if (locked !== undefined)
    throw new CannotTell('BAD_DATA', locked, {
      facts: others,
      place: { file: 'policy/signers.yaml' },
      remedy: 'grant the roles in signers.yaml: policy-approver to two people, override to one',
    });
  return law.value;
}

async function openOrMake(
  context: Context,
  folder: string,
  format: 'sha1' | 'sha256',
): Promise<GitRepository> {
  if (await context.files.exists(`${folder}/.git`)) return await context.git.open(folder);
  return await context.git.init(folder, format);
}

async function refuseSecondInit(repository: GitRepository, tip: string | null): Promise<readonly Put[]> {
  if (tip === null) return [];
  const { objectFormat } = await repository.facts();
  const objects = repository.openObjects();
  try {
    const { commit } = await readCommit(objects, tip, objectFormat === 'sha1' ? 40 : 64);
    const snapshot =
      commit === null
        ? null
        : await new SnapshotReader(objects, objectFormat === 'sha1' ? 20 : 32).read(commit.tree);
    if (
      snapshot?.readable !== true ||
      nodeAt(snapshot.tree, REPOSITORY_FILE) !== null ||
      snapshot.tree.children.size > 0
    ) {
      throw new CannotTell(
        'CANNOT_CREATE',
        'there is an evidence repository here already, or files with its names',
        { remedy: 'modelsmith status' },
      );
    }
    return [];
  } finally {
    await objects.close();
  }
}
