import { claimOf, signatureIn } from './claim.ts';
import { keyName, type Foreseen, type FromWorker, type ToWorker } from './foresight.ts';
import { partsOf } from './keyring.ts';
import { isPlainlyMadeBy } from './node-verify.ts';
import { fingerprintOf, type KeyPacket } from './packet-read.ts';

/** The other side of the threads: certificates come in, and signatures to be looked at by the keys known so far. */
export function foreseeing(answer: (found: FromWorker) => void): (message: ToWorker) => Promise<void> {
  const keys = new Map<string, KeyPacket[]>();
  const known = (issuer: string): readonly KeyPacket[] => keys.get(issuer) ?? [];
  const learn = (key: KeyPacket): void => {
    const fingerprint = fingerprintOf(key);
    for (const name of [fingerprint, fingerprint.slice(-16)])
      if (!known(name).some((other) => keyName(other) === keyName(key)))
        keys.set(name, [...known(name), key]);
  };
  const look = (payload: Uint8Array, armored: string): Foreseen => {
    const packet = signatureIn(armored);
    if (typeof packet === 'string') return { claim: packet, keys: [] };
    const claim = claimOf(packet);
    const made = known(claim.issuer).filter((key) => isPlainlyMadeBy(packet, key, payload) === true);
    return { claim, keys: made.map(keyName) };
  };
  // One after the other: a certificate that came before a signature is known when it is looked at.
  let last: Promise<void> = Promise.resolve();
  const handle = async (message: ToWorker): Promise<void> => {
    if (message.kind === 'meet') {
      const parts = await partsOf(message.certificate);
      for (const { key } of parts === null ? [] : [parts.primary, ...parts.subkeys]) learn(key);
      return;
    }
    const { batch, payloads, armored } = message;
    answer({ batch, found: payloads.map((payload, index) => look(payload, armored[index] ?? '')) });
  };
  return (message) => (last = last.then(() => handle(message)));
}
