# Training and detection on NVIDIA GPUs. The driver is the machine's, brought in by NVIDIA's container toolkit; everything
# else of CUDA comes from the wheels that libtorch is made for.
#
#   docker build -f Docker/cuda.Dockerfile -t ssd-cuda .
#   docker run --rm --gpus all -v "$PWD:/data" ssd-cuda ssd train VOC2007/trainval --base vgg16.pth --device cuda
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      make g++ python3-pip libjpeg-dev libpng-dev libwebp-dev libcairo2-dev libpangocairo-1.0-0 libxml2-dev \
      libcurl4-openssl-dev libopenmpi-dev openmpi-bin fontconfig fonts-dejavu-core
WORKDIR /source
COPY . .
# PyTorch's wheel names the CUDA libraries that it needs.
RUN python3 -m pip install --quiet --no-compile --target /image/cuda torch==2.11.0
RUN make standalone cuda TRAITS=Distributed LIBTORCH=/image/cuda/torch
# Tools and Python of the wheel are not needed, its libraries are.
RUN find /image/cuda -mindepth 1 -maxdepth 1 ! -name torch ! -name nvidia ! -name '*.dist-info' -exec rm -r {} + \
    && find /image/cuda/torch -mindepth 1 -maxdepth 1 ! -name lib -exec rm -r {} + \
    && mkdir -p /image/usr/local/bin /image/usr/local/lib \
    && cp .build/standalone/release/ssd .build/standalone/release/libctorch_cuda.so /image/usr/local/bin/ \
    && mv /image/cuda /image/usr/local/lib/swift-ssd

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
      libjpeg62-turbo libpng16-16 libwebp7 libpangocairo-1.0-0 libxml2 libcurl4 ca-certificates fonts-dejavu-core \
      libgomp1 libopenmpi3 openmpi-bin openssh-client \
    && rm -rf /var/lib/apt/lists/*
ENV OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
    NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=build /image /
RUN ssd --version
WORKDIR /data
CMD ["ssd", "--help"]
