import type { Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import type { Answer, Order } from './exchange.ts';

/** @throws CannotTell BAD_DATA where the registry names what was sent otherwise. */
export function agreeOn(order: Order, answer: Answer, digest: Sha256): void {
  const named = answer.headers['docker-content-digest'];
  if (typeof named !== 'string' || !named.startsWith('sha256:') || named === `sha256:${digest}`) return;
  throw new CannotTell('BAD_DATA', 'the registry has other bytes than those that were sent', {
    place: { file: `${order.url.origin}${order.url.pathname}` },
    facts: [`sent sha256:${digest}`, `there ${named}`],
  });
}
