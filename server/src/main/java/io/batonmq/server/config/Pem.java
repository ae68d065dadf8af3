package io.batonmq.server.config;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Reads text in PEM: `-----BEGIN CERTIFICATE-----` and `-----BEGIN PRIVATE KEY-----` (PKCS #8), in any order;
/// the first certificate is the key's own, the others lead to its issuer.
final class Pem {
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final int CERTIFICATES_MAX = 10_000;
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  private final List<Certificate> certificates = new ArrayList<>();
  private final List<PrivateKey> keys = new ArrayList<>();

  private Pem() {}

  /// All that is in it, as a store in memory.
  ///
  /// @param password of the key in that store
  /// @throws GeneralSecurityException with what is wrong
  static KeyStore read(String text, char[] password) throws Exception {
    var pem = new Pem();
    pem.blocks(text);
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    if (pem.keys.isEmpty()) {
      for (int i = 0; i < pem.certificates.size(); i++) {
        store.setCertificateEntry("certificate-" + i, pem.certificates.get(i));
      }
      return store;
    }
    if (pem.keys.size() > 1) {
      throw new GeneralSecurityException("has more than one private key");
    }
    if (pem.certificates.isEmpty()) {
      throw new GeneralSecurityException("has a private key and no certificate");
    }
    var key = pem.keys.getFirst();
    if (!fits(key, pem.certificates.getFirst())) {
      throw new GeneralSecurityException(
          "has a private key that is not of its first certificate: write that one first");
    }
    store.setKeyEntry("pem", key, password, pem.certificates.toArray(Certificate[]::new));
    return store;
  }

  private void blocks(String text) throws GeneralSecurityException {
    int at = text.indexOf(BEGIN);
    while (at >= 0) {
      int nameEnd = text.indexOf(DASHES, at + BEGIN.length());
      var name = nameEnd < 0 ? "" : text.substring(at + BEGIN.length(), nameEnd);
      int end = nameEnd < 0 ? -1 : text.indexOf(END + name + DASHES, nameEnd);
      if (end < 0) {
        throw new GeneralSecurityException("ends within a block");
      }
      block(name, text.substring(nameEnd + DASHES.length(), end));
      at = text.indexOf(BEGIN, end);
    }
  }

  private void block(String name, String body) throws GeneralSecurityException {
    switch (name) {
      case "CERTIFICATE" -> {
        if (certificates.size() >= CERTIFICATES_MAX) {
          throw new GeneralSecurityException("has more than " + CERTIFICATES_MAX + " certificates");
        }
        certificates.add(
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(bytes(body))));
      }
      case "PRIVATE KEY" -> keys.add(key(bytes(body)));
      case "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
          throw new GeneralSecurityException(
              "has an "
                  + name
                  + ": write it as openssl pkcs8 -topk8 -nocrypt does, in a file of mode 600");
      default -> {
        // Parameters and requests say nothing to a server.
      }
    }
  }

  private static byte[] bytes(String body) throws GeneralSecurityException {
    try {
      return Base64.getMimeDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("is not Base64 in one of its blocks", e);
    }
  }

  private static PrivateKey key(byte[] encoded) throws GeneralSecurityException {
    for (var algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException e) {
        // Of another kind, or none at all, which is said below.
      }
    }
    throw new GeneralSecurityException("has a private key that is none of " + ALGORITHMS);
  }

  /// Whether what the key signs is verified by the certificate.
  private static boolean fits(PrivateKey key, Certificate certificate)
      throws GeneralSecurityException {
    var algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "EdDSA";
        };
    if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
      return false;
    }
    var sample = new byte[] {1};
    var signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(sample);
    var verifying = Signature.getInstance(algorithm);
    verifying.initVerify(certificate);
    verifying.update(sample);
    return verifying.verify(signing.sign());
  }
}
