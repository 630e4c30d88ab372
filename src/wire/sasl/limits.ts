// What a SASL response may hold. The protocols bound the base64 line (RFC 4954 4: 12,288 octets); this bounds what is in it.

/** RFC 4616 2 wants at least 255 octets accepted for each of identity and password; one-time tokens are longer. */
export const identityOctets = 1024
export const passwordOctets = 4096
/** Of a client's nonce in SCRAM: those of real clients are 18 to 32. */
export const nonceOctets = 256
/** Of a message of SCRAM: name, nonce, and extensions that nobody uses. */
export const scramMessageOctets = 4096
/** Of a bearer token: those of large providers are some 2,000. */
export const tokenOctets = 8192
