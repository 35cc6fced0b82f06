/** Shorter ones would black out half of every text, and protect nothing. */
const LENGTH_MIN = 4;

/** A text of somebody else's without a secret that it may repeat, as it is or as in a URL. */
export function maskSecret(text: string, secret: string): string {
  if (secret.length < LENGTH_MIN) return text;
  return text.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret.toWellFormed()), '***');
}
