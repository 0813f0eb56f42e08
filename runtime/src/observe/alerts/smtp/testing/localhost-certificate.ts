/** Key and certificate of `localhost` for tests, until 2126; whoever has the source has the key, and nothing trusts it. */
export const localhostCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZkxatN3qzsBJu1Tw
Qc0UKW8iEicngFzfOGwVbuj13qWhRANCAAS7+rw9anfocFxmrilPWL5eQVPMRvBq
iqCioKRwi6QACj9WLkiYko83RhO8cyzVByDFtGrmcxqZ7cunkNo5evy/
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBlDCCATugAwIBAgIUYk0LNPcwwNjbVf+j0GUd4QxdaIswCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTE2MDIwOFoYDzIxMjYxMDI4
MTYwMjA4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAS7+rw9anfocFxmrilPWL5eQVPMRvBqiqCioKRwi6QACj9WLkiYko83
RhO8cyzVByDFtGrmcxqZ7cunkNo5evy/o2kwZzAdBgNVHQ4EFgQUex/r1UXtRAOi
NATnHRzk30pt3qUwHwYDVR0jBBgwFoAUex/r1UXtRAOiNATnHRzk30pt3qUwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
RwAwRAIgaHGkmGXnmLnMpZc3rxCWrrdTmyqgmlquetPZlZ1hhIICICh7X+bQn3LF
SEzcn/kGpoiBdGEB3sfI0lgXgG8cqemN
-----END CERTIFICATE-----
`
}
