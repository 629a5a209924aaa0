import {
  armor,
  config,
  enums,
  readKey,
  readPrivateKey,
  reformatKey,
  SignaturePacket,
  type PrivateKey,
} from 'openpgp';
import { sha256 } from '../../src/base/digest.ts';
import type { Files } from './site.ts';

/** Later versions of certificates, and certificates nobody should accept. Times in seconds since 1970. */

/** The certificate with a new self-signature that lets the key live so long after it was made. */
export async function longerLife(
  privateArmored: string,
  person: string,
  lifetime: number,
  time: number,
): Promise<string> {
  const { publicKey } = await reformatKey({
    privateKey: await readPrivateKey({ armoredKey: privateArmored }),
    userIDs: [{ name: person, email: `${person}@example.org` }],
    keyExpirationTime: lifetime,
    date: new Date(time * 1000),
  });
  return publicKey;
}

/** The certificate with one more signing subkey. */
export async function withSubkey(privateArmored: string, time: number): Promise<PrivateKey> {
  const key = await readPrivateKey({ armoredKey: privateArmored });
  return await key.addSubkey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    sign: true,
    date: new Date(time * 1000),
  });
}

/** The subkey of somebody else bound to a primary key as well, with all that both have to sign for that. */
export async function bindingOf(subkeyOf: PrivateKey, privateArmored: string, time: number): Promise<string> {
  const own = await readPrivateKey({ armoredKey: privateArmored });
  const [subkey] = subkeyOf.subkeys;
  const [shown] = subkeyOf.toPublic().subkeys;
  if (subkey === undefined || shown === undefined) throw new Error('there is no subkey');
  const data = { key: own.keyPacket, bind: subkey.keyPacket };
  const signed = async (
    type: enums.signature,
    by: typeof own.keyPacket,
    more: object,
  ): Promise<SignaturePacket> => {
    const signature = Object.assign(new SignaturePacket(), {
      signatureType: type,
      publicKeyAlgorithm: by.algorithm,
      hashAlgorithm: enums.hash.sha512,
      ...more,
    });
    // The declared type has fewer parameters than the function.
    await (signature as unknown as { sign(...args: unknown[]): Promise<void> }).sign(
      by,
      data,
      new Date(time * 1000),
      false,
      config,
    );
    return signature;
  };
  const back = await signed(enums.signature.keyBinding, subkey.keyPacket as never, {});
  const binding = await signed(enums.signature.subkeyBinding, own.keyPacket, {
    keyFlags: [enums.keyFlags.signData],
    embeddedSignature: back,
  });
  const packets = own.toPublic().toPacketList();
  packets.push(shown.keyPacket, binding);
  return armor(enums.armor.publicKey, packets.write());
}

/** The certificate without its last subkey. */
export async function withoutLastSubkey(armored: string): Promise<string> {
  const key = await readKey({ armoredKey: armored });
  key.subkeys.pop();
  return key.armor();
}

/** A refresh as `signer refresh` writes it. */
export function refreshFiles(fingerprint: string, armored: string): Files {
  return { [`refreshes/${fingerprint}/${sha256(new TextEncoder().encode(armored))}.asc`]: armored };
}
