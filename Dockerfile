# scripts/deno task image writes the archive that this takes.
FROM scratch
ADD dist/lockstep-rootfs.tar /
USER 65532:65532
WORKDIR /
ENTRYPOINT ["/lockstep"]
