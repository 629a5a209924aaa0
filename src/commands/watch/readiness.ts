import { sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { demandedOf } from '../../domain/lock-strength.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { printRegistryPlace, type RegistryPlace } from '../../domain/registry-place.ts';
import { nodeAt } from '../../domain/tree.ts';
import { overdueReviews } from '../../machine/exception-reviews.ts';
import { stopReasons } from '../../machine/acts/lock.ts';
import { populationReasons } from '../../machine/acts/request.ts';
import { holderOfKey, holdsRole, isKeyEnded, principalNamed, ruleOfLine } from '../../machine/law.ts';
import { locksOf } from '../../machine/world.ts';
import type { CommonOptions } from '../shared/command.ts';
import { explain } from '../shared/explaining/explain.ts';
import { readBase } from '../shared/intake/adapter-check.ts';
import { modelSigner, readTrust } from '../shared/intake/model-signature.ts';
import { exportRegistry } from '../shared/intake/registry-choice.ts';
import { lineMeant } from '../shared/opening/line-meant.ts';
import { longerLife, endOfKey } from '../shared/opening/own-key-ends.ts';
import { roleFor, type Desk } from '../shared/opening/write.ts';
import type { Order } from './order.ts';

/** What whoever started this named, found in order. */
export interface Ready {
  readonly exports: RegistryPlace;
  /** Files and registries of the watcher, by whose names its own trouble is told from a candidate's. */
  readonly own: readonly string[];
  /** What every candidate is judged under. One that was refused is tried again when this has changed. */
  readonly ground: string;
}

/**
 * Looks at all that does not depend on a candidate, before one is downloaded.
 * @throws CannotTell with the remedy: it is the watcher that cannot.
 */
export async function checkReady(desk: Desk, common: CommonOptions, order: Order): Promise<Ready> {
  const { context, workspace, who } = desk;
  const { facts, world } = workspace;
  const { principal } = who;
  if (principal.kind !== 'automation')
    throw new CannotTell('USAGE', `${principal.id} is a person, and this signs where nobody looks`, {
      remedy: 'MODELSMITH_KEY_FILE=<key file of the pipeline>',
    });
  const [first, ...more] = mayNot(desk, common, order).map(explain);
  if (first !== undefined)
    throw new CannotTell('NO_SIGNER', `nothing can be submitted to ${order.line}: ${first.sentence}`, {
      facts: more.map(({ sentence }) => sentence),
      ...(first.remedy !== null && { remedy: first.remedy }),
    });
  if (order.base !== null) readBase(order.base);
  checkImporter(desk, order);
  const trust = await readTrust(context, order);
  // What is asked of a low risk is asked of every other.
  const isAttested = demandedOf(ruleOfLine(world.law, order.line)?.lockStrength, 'low') === 'attested';
  if (trust === null && isAttested)
    throw new CannotTell('USAGE', `the policy takes only what a trainer signed on ${order.line}`, {
      facts: ['no signature is looked at without a key that it must be by'],
      remedy: 'start it with --model-key <public key of the trainer>, or --model-ca',
    });
  if (order.signModel !== null) await modelSigner(context, order.signModel);
  const exports = await exportRegistry(context, order, { id: world.law.repository.id, facts });
  return {
    exports,
    own: [
      ...[order.modelKey, order.modelCa, order.signModel].flatMap((file) => file ?? []),
      ...placesOf(exports),
    ],
    ground: groundOf(desk, order, trust?.pem ?? new Uint8Array()),
  };
}

/** @throws CannotTell NO_SIGNER where the certificate of the key that this signs with has ended. */
export async function demandLivingKey({ context, workspace, who }: Desk): Promise<void> {
  const own = await endOfKey(context, workspace.world.law, who.signer.primary);
  if (own?.end.kind !== 'ended') return;
  throw new CannotTell('NO_SIGNER', 'the key that this signs with has ended', {
    facts: [own.key],
    remedy: longerLife(own),
  });
}

/** What speaks against any candidate of the line, without one being looked at: others have to do something first. */
export function whyNow({ workspace: { world }, actor }: Desk, { line }: Order): string | null {
  const { law, tree } = world;
  if (stopReasons(law, line).length > 0) return `candidates of ${line} are stopped by an override`;
  if (locksOf(tree, line).length === 0) {
    const meant = lineMeant(world, line);
    return `${line} has no lock yet${meant === null ? '' : `; did you mean ${meant}?`}`;
  }
  const [first] = [...populationReasons(world, line), ...overdueReviews(world, line, actor.clock)];
  return first === undefined ? null : explain(first).sentence;
}

function mayNot(desk: Desk, common: CommonOptions, { line, onBehalfOf }: Order): readonly Reason[] {
  const { law } = desk.workspace.world;
  if (ruleOfLine(law, line) === null) return [reason('LINE_UNKNOWN', { line })];
  const { principal, signer } = desk.who;
  const key = holderOfKey(law, signer.primary)?.key;
  const how = key?.compromised === undefined ? 'retired' : 'compromised';
  const role = roleFor(desk, common, ['pipeline'], line);
  const name = onBehalfOf ?? (principal.kind === 'automation' ? principal.owner : principal.id);
  const person = principalNamed(law, name);
  const canAsk = person?.kind === 'human' && person.keys.some((each) => !isKeyEnded(each));
  return [
    ...(key !== undefined && isKeyEnded(key)
      ? [reason('KEY_ENDED', { key: key.fingerprint, principal: principal.id, how })]
      : []),
    ...(holdsRole(principal, role, line, desk.actor.clock)
      ? []
      : [reason('ROLE_NOT_HELD', { principal: principal.id, role, line })]),
    ...(canAsk ? [] : [reason('ON_BEHALF_OF_UNKNOWN', { name })]),
  ];
}

function checkImporter({ context }: Desk, { importer }: Order): void {
  const known = [...new Set(context.importers.map(({ name }) => name))];
  if (importer === null || known.includes(importer)) return;
  throw new CannotTell('USAGE', `there is no importer ${importer}`, {
    facts: [`there is: ${known.join(', ')}`],
  });
}

/** As errors name them: a folder by its path, a registry also by the address that was asked. */
function placesOf(place: RegistryPlace): readonly string[] {
  if (place.kind === 'layout') return [place.folder];
  const { host, repository } = place;
  return [printRegistryPlace(place), ...['http', 'https'].map((way) => `${way}://${host}/v2/${repository}`)];
}

function groundOf({ workspace: { world } }: Desk, { line }: Order, trusted: Uint8Array): string {
  const law = ['policy', 'overrides', 'lifts'].map((name) => nodeAt(world.tree, name)?.id ?? '');
  return [...law, ...locksOf(world.tree, line).map(({ id }) => id), sha256(trusted)].join(' ');
}
