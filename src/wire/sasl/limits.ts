// What a SASL response may hold. The protocols bound the base64 line (RFC 4954 4: 12,288 octets); this bounds what is in it.

/** RFC 4616 2 wants at least 255 octets accepted for each of identity and password; one-time tokens are longer. */
export const identityOctets = 1024
export const passwordOctets = 4096
