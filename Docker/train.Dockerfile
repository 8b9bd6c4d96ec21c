# Training on the CPU, in one process or, with mpirun, in several.
#
#   docker build -f Docker/train.Dockerfile -t ssd-train .
#   docker run --rm -v "$PWD:/data" ssd-train ssd train VOC2007/trainval --base vgg16.pth
#   docker run --rm -v "$PWD:/data" ssd-train mpirun -n 4 ssd train VOC2007/trainval --base vgg16.pth
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      make g++ python3-pip libjpeg-dev libpng-dev libwebp-dev libcairo2-dev libpangocairo-1.0-0 libxml2-dev \
      libcurl4-openssl-dev libopenmpi-dev openmpi-bin fontconfig fonts-dejavu-core
WORKDIR /source
COPY . .
RUN make install TRAITS=Distributed DESTDIR=/image

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
      libjpeg62-turbo libpng16-16 libwebp7 libpangocairo-1.0-0 libxml2 libcurl4 ca-certificates fonts-dejavu-core \
      libgomp1 libopenmpi3 openmpi-bin openssh-client \
    && rm -rf /var/lib/apt/lists/*
# In a container everybody is root.
ENV OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
COPY --from=build /image /
RUN ssd --version
WORKDIR /data
CMD ["ssd", "--help"]
