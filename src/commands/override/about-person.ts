import { principalNamed, type Law } from '../../machine/law.ts';
import { isForRecovery } from '../../machine/overrides.ts';

/** What somebody in a hurry should know of whom he is about to stop. Nothing of it keeps the brake from working. */
export function aboutPerson(law: Law, id: string): readonly string[] {
  const person = principalNamed(law, id);
  if (person === null) return [`nobody is enrolled as ${id}; it holds for whoever comes under that name`];
  return isForRecovery(person) ? [`${id} is kept for recovery, whom no override touches`] : [];
}
