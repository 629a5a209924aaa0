import { CannotTell } from '../base/errors.ts';
import type { Sha256 } from '../base/digest.ts';
import { isNonEmpty } from '../base/nonempty.ts';
import { parsed, unparsable, type Parsed, type Problem } from '../base/problem.ts';
import { matchesLine } from '../domain/line-pattern.ts';
import { Fingerprint, toSeconds, type LineName } from '../domain/names.ts';
import { keyFile, POLICY_FILE, REPOSITORY_FILE, rubricFile, SIGNERS_FILE } from '../domain/paths.ts';
import type { LineRule } from '../domain/line-rule.ts';
import { Policy } from '../domain/policy.ts';
import { Repository } from '../domain/repository.ts';
import type { Role } from '../domain/roles.ts';
import { rubricDocument, type Rubric } from '../domain/rubric.ts';
import { Signers, type Principal, type SignerKey } from '../domain/signers.ts';
import { fileAt, filesUnder, namesIn, nodeAt, type TreeFile, type TreeFolder } from '../domain/tree.ts';
import { parseYaml } from '../domain/yaml-document.ts';
import type { Override } from '../domain/override.ts';
import { overridesInForce, signersUnder } from './overrides.ts';

/** What is in force: the repository's identity, the policy, the signers, the rubrics and the overrides of one tree. */
export interface Law {
  readonly repository: Repository;
  readonly policy: Policy;
  /** As they are with the overrides in force. */
  readonly signers: Signers;
  /** As `policy/signers.yaml` has them. */
  readonly enrolled: Signers;
  /** Those that nothing has lifted. */
  readonly overrides: readonly Override[];
  readonly rubrics: ReadonlyMap<string, LawRubric>;
  /** Armored certificates by the primary fingerprint in their file name. */
  readonly certificates: ReadonlyMap<Fingerprint, string>;
  /** Later versions of certificates, by the same fingerprints. */
  readonly refreshes: ReadonlyMap<Fingerprint, readonly string[]>;
}

export interface LawRubric {
  readonly rubric: Rubric;
  readonly file: TreeFile;
  readonly sha256: Sha256;
}

// Trees share their policy folder until the law changes, so a law is read once.
const known = new WeakMap<object, Map<string, Parsed<Law>>>();
const BESIDE_POLICY = ['overrides', 'lifts', 'refreshes'];

/** Reads the law of a tree. Problems name the file and line. */
export function parseLaw(tree: TreeFolder): Parsed<Law> {
  const law = ofTree.get(tree) ?? findLaw(tree);
  ofTree.set(tree, law);
  return law;
}

const ofTree = new WeakMap<TreeFolder, Parsed<Law>>();

function findLaw(tree: TreeFolder): Parsed<Law> {
  const policy = nodeAt(tree, 'policy');
  const repository = fileAt(tree, REPOSITORY_FILE);
  if (policy?.kind !== 'folder' || repository === null) {
    return unparsable(
      { file: repository === null ? REPOSITORY_FILE : POLICY_FILE },
      'is missing: this is no evidence repository',
    );
  }
  const key = [repository.id, ...BESIDE_POLICY.map((name) => nodeAt(tree, name)?.id ?? '')].join(' ');
  const memo = known.get(policy)?.get(key);
  if (memo !== undefined) return memo;
  const law = readLaw(tree, repository);
  known.set(policy, (known.get(policy) ?? new Map<string, Parsed<Law>>()).set(key, law));
  return law;
}

/** The law of a tree that is known to hold one. @throws CannotTell BAD_DATA where it does not. */
export function lawOf(tree: TreeFolder): Law {
  const law = parseLaw(tree);
  if (law.ok) return law.value;
  const [{ place, message }] = law.problems;
  throw new CannotTell('BAD_DATA', `${place.file} ${message}`, { place });
}

function readLaw(tree: TreeFolder, repositoryFile: TreeFile): Parsed<Law> {
  const texts = yamlTexts(tree, repositoryFile);
  const problems: Problem[] = [];
  const rubrics = new Map<string, LawRubric>();
  for (const name of namesIn(tree, 'policy/rubrics')) {
    const path = `policy/rubrics/${name}`;
    const file = fileAt(tree, path);
    if (file === null) continue;
    const rubric = rubricDocument.parse(file.bytes, path);
    if (!rubric.ok) problems.push(...rubric.problems);
    else if (path !== rubricFile(rubric.value.name))
      problems.push({
        place: { file: path, key: 'name' },
        message: `holds the rubric ${rubric.value.name}; name the file after it`,
      });
    else rubrics.set(rubric.value.name, { rubric: rubric.value, file, sha256: file.sha256 });
  }
  const certificates = new Map<Fingerprint, string>();
  for (const name of namesIn(tree, 'policy/keys')) {
    const file = fileAt(tree, `policy/keys/${name}`);
    const fingerprint = Fingerprint.safeParse(name.replace(/\.asc$/, ''));
    if (file === null || !fingerprint.success || !name.endsWith('.asc'))
      problems.push({ place: { file: `policy/keys/${name}` }, message: 'must be named <FINGERPRINT>.asc' });
    else certificates.set(fingerprint.data, new TextDecoder().decode(file.bytes));
  }
  if (texts.ok) problems.push(...crossProblems(texts.value, rubrics, certificates));
  problems.push(...strayProblems(tree));
  const { overrides, problems: unreadable } = overridesInForce(tree);
  problems.push(...unreadable);
  if (!texts.ok) return { ok: false, problems: [...texts.problems, ...problems] };
  if (isNonEmpty(problems)) return { ok: false, problems };
  const { repository, policy, signers: enrolled } = texts.value;
  const signers = signersUnder(enrolled, overrides);
  const refreshes = refreshesIn(tree);
  return parsed({ repository, policy, signers, enrolled, overrides, rubrics, certificates, refreshes });
}

type YamlTexts = Pick<Law, 'repository' | 'policy' | 'signers'>;

/** What people write by hand; everything that is wrong with it at once. */
function yamlTexts(tree: TreeFolder, repositoryFile: TreeFile): Parsed<YamlTexts> {
  const repository = parseYaml(Repository, repositoryFile.bytes, REPOSITORY_FILE);
  const policy = yamlAt(tree, POLICY_FILE, Policy);
  const signers = yamlAt(tree, SIGNERS_FILE, Signers);
  if (!repository.ok)
    return {
      ok: false,
      problems: [...repository.problems, ...problemsOf(policy), ...problemsOf(signers)],
    };
  if (!policy.ok) return { ok: false, problems: [...policy.problems, ...problemsOf(signers)] };
  if (!signers.ok) return signers;
  return parsed({ repository: repository.value, policy: policy.value, signers: signers.value });
}

function problemsOf(part: Parsed<unknown>): readonly Problem[] {
  return part.ok ? [] : part.problems;
}

function refreshesIn(tree: TreeFolder): ReadonlyMap<Fingerprint, readonly string[]> {
  const found = new Map<Fingerprint, readonly string[]>();
  for (const name of namesIn(tree, 'refreshes'))
    found.set(
      name as Fingerprint,
      filesUnder(tree, `refreshes/${name}`).map(([, file]) => new TextDecoder().decode(file.bytes)),
    );
  return found;
}

function yamlAt<T>(tree: TreeFolder, path: string, schema: Parameters<typeof parseYaml<T>>[0]): Parsed<T> {
  const file = fileAt(tree, path);
  return file === null ? unparsable({ file: path }, 'is missing') : parseYaml(schema, file.bytes, path);
}

/** What one file promises another. */
function crossProblems(
  { policy, signers }: YamlTexts,
  rubrics: ReadonlyMap<string, unknown>,
  certificates: ReadonlyMap<string, unknown>,
): readonly Problem[] {
  const problems: Problem[] = [];
  policy.lines.forEach((line, index) => {
    const place = { file: POLICY_FILE, key: `lines.${index}` };
    if (!rubrics.has(line.rubric))
      problems.push({
        place,
        message: `names the rubric ${line.rubric}, but ${rubricFile(line.rubric)} is not there`,
      });
    for (const reader of line.evidenceReaders)
      if (!signers.principals.some(({ id }) => id === reader))
        problems.push({
          place,
          message: `lets ${reader} read its held-out items, who is not in ${SIGNERS_FILE}`,
        });
    if (!signers.principals.some((principal) => principal.id === line.owner && principal.kind === 'human')) {
      problems.push({ place, message: `is owned by ${line.owner}, who is no human in ${SIGNERS_FILE}` });
    }
  });
  const keys = new Set<string>();
  for (const principal of signers.principals) {
    for (const { fingerprint } of principal.keys) {
      keys.add(fingerprint);
      if (!certificates.has(fingerprint))
        problems.push({
          place: { file: SIGNERS_FILE, key: principal.id },
          message: `lists the key ${fingerprint}, but ${keyFile(fingerprint)} is not there`,
        });
    }
  }
  for (const fingerprint of certificates.keys()) {
    if (!keys.has(fingerprint))
      problems.push({
        place: { file: keyFile(fingerprint) },
        message: `belongs to nobody in ${SIGNERS_FILE}`,
      });
  }
  return problems;
}

function strayProblems(tree: TreeFolder): readonly Problem[] {
  return filesUnder(tree, 'policy')
    .filter(
      ([path]) => !/^(?:(?:policy|signers)\.yaml|(?:keys\/[^/]+\.asc)|(?:rubrics\/[^/]+\.json))$/.test(path),
    )
    .map(([path]) => ({ place: { file: `policy/${path}` }, message: 'is no file the policy folder knows' }));
}

/** The first rule that matches the line: order in the file decides. */
export function ruleOfLine(law: Law, line: LineName): LineRule | null {
  return law.policy.lines.find((rule) => matchesLine(rule.match, line)) ?? null;
}

export function principalNamed(law: Law, id: string): Principal | null {
  return law.signers.principals.find((principal) => principal.id === id) ?? null;
}

export function holderOfKey(
  law: Law,
  key: Fingerprint,
): { readonly principal: Principal; readonly key: SignerKey } | null {
  for (const principal of law.signers.principals) {
    const held = principal.keys.find((candidate) => candidate.fingerprint === key);
    if (held !== undefined) return { principal, key: held };
  }
  return null;
}

export function isKeyEnded(key: SignerKey): boolean {
  return key.retired !== undefined || key.compromised !== undefined;
}

/** Whether a principal holds a role for a line at a time (seconds since 1970). `line` null: for any line. */
export function holdsRole(principal: Principal, role: Role, line: LineName | null, at: number): boolean {
  return principal.roles.some(
    (grant) =>
      grant.role === role &&
      (line === null || grant.lines.some((pattern) => matchesLine(pattern, line))) &&
      (grant.from === undefined || toSeconds(grant.from) <= at) &&
      (grant.until === undefined || at < toSeconds(grant.until)),
  );
}

/** Everybody who can act in one of the roles on a line at a time: active grant and at least one key that has not ended. */
export function holdersOf(
  law: Law,
  roles: readonly Role[],
  line: LineName,
  at: number,
): readonly Principal[] {
  return law.signers.principals.filter(
    (principal) =>
      principal.keys.some((key) => !isKeyEnded(key)) &&
      roles.some((role) => holdsRole(principal, role, line, at)),
  );
}

/** Paths beside the governed names that the law of a tree guards; none where it holds no law. */
export function guardedPathsOf(tree: TreeFolder): readonly string[] {
  const law = parseLaw(tree);
  return law.ok ? law.value.policy.guarded : [];
}
