#if Distributed
  import Foundation
  import Training

  /// TCP over IPv4, as far as a ``Lifeline`` needs it.
  enum Socket {
    /// A socket that waits for connections on all addresses, and its port.
    static func listening(backlog: Int) throws -> (descriptor: Int32, port: UInt16) {
      let descriptor = open()
      guard descriptor >= 0 else { throw failure("create a socket") }
      var address = address(INADDR_ANY, port: 0)
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, size) == 0 && listen(descriptor, Int32(backlog)) == 0
            && getsockname(descriptor, $0, &size) == 0
        }
      }
      guard result else { throw failure("listen for other ranks") }
      return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// This machine's addresses, in network order, without the loopback.
    static func ownAddresses() -> [UInt32] {
      var list: UnsafeMutablePointer<ifaddrs>?
      guard getifaddrs(&list) == 0 else { return [] }
      defer { freeifaddrs(list) }
      guard let list else { return [] }
      return sequence(first: list, next: \.pointee.ifa_next).compactMap { entry in
        let interface = entry.pointee
        guard let address = interface.ifa_addr, Int32(address.pointee.sa_family) == AF_INET,
          interface.ifa_flags & UInt32(IFF_UP) != 0,
          interface.ifa_flags & UInt32(IFF_LOOPBACK) == 0
        else { return nil }
        return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          $0.pointee.sin_addr.s_addr
        }
      }
    }

    /// A connection, or nil when nobody answers in time.
    static func connected(to host: UInt32, port: UInt16, milliseconds: Int32) -> Int32? {
      let descriptor = open()
      guard descriptor >= 0 else { return nil }
      var address = address(host, port: port)
      let flags = fcntl(descriptor, F_GETFL)
      _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
      let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      if result != 0, errno == EINPROGRESS {
        var event = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&event, 1, milliseconds)
      }
      var error: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      var peer = sockaddr_in()
      var peerSize = socklen_t(MemoryLayout<sockaddr_in>.size)
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
      let isConnected = withUnsafeMutablePointer(to: &peer) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          getpeername(descriptor, $0, &peerSize) == 0
        }
      }
      guard error == 0, isConnected else {
        close(descriptor)
        return nil
      }
      _ = fcntl(descriptor, F_SETFL, flags)
      return descriptor
    }

    /// Notices within half a minute when the machine at the other end is gone without a word.
    static func keepAlive(_ descriptor: Int32) {
      func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
      }
      set(SOL_SOCKET, SO_KEEPALIVE, 1)
      set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 10)
      set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 5)
      set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 4)
    }

    /// Sends a number; a connection that is closed swallows it.
    static func send(_ value: some FixedWidthInteger, to descriptor: Int32) {
      withUnsafeBytes(of: value.bigEndian) { bytes in
        _ = Glibc.send(descriptor, bytes.baseAddress!, bytes.count, Int32(MSG_NOSIGNAL))
      }
    }

    /// The next number; nil when the connection is closed.
    static func receive<Value: FixedWidthInteger>(
      _ type: Value.Type, from descriptor: Int32
    ) -> Value? {
      var value = Value.zero
      let size = MemoryLayout<Value>.size
      let received = recv(descriptor, &value, size, Int32(MSG_WAITALL))
      return received == size ? Value(bigEndian: value) : nil
    }

    /// Whether there is something to read before a moment.
    static func isReadable(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> Bool {
      let left = max(0, (deadline - .now) / .milliseconds(1))
      var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      return poll(&event, 1, Int32(left)) > 0
    }

    /// The keys of the connections on which there is something to read, or the end; waits for one.
    static func readable(_ connections: [Int: Int32]) -> [Int] {
      let keys = Array(connections.keys)
      var events = keys.map { pollfd(fd: connections[$0]!, events: Int16(POLLIN), revents: 0) }
      guard poll(&events, nfds_t(events.count), -1) > 0 else { return [] }
      return zip(keys, events).filter { $1.revents != 0 }.map(\.0)
    }

    private static func open() -> Int32 {
      socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    /// - Parameter host: in network order.
    private static func address(_ host: UInt32, port: UInt16) -> sockaddr_in {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = host
      return address
    }

    private static func failure(_ action: String) -> CommunicationError {
      .failed("cannot \(action): \(String(cString: strerror(errno)))")
    }
  }
#endif
