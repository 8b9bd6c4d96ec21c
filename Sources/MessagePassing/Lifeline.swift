#if Distributed
  import CMPI
  import Foundation
  import Synchronization
  import Training

  /// Tells within moments when a process of a run is gone, which MPI itself never does: whoever waits
  /// for a sum would wait for ever, or until the launcher kills it.
  ///
  /// Every rank holds a connection to rank 0, which the system closes when a process ends, however it
  /// ends. Rank 0 tells the others who it was. A rank that is done says so before it closes.
  final class Lifeline: Sendable {
    /// Sent by a rank that is done; other numbers are those of ranks that are gone.
    private static let done: Int32 = -1

    private struct State {
      var listener: Int32?
      /// Connections by the rank at their other end.
      var connections: [Int: Int32] = [:]
      var hosts: [String] = []
      var loss: CommunicationError?
    }

    /// How to reach rank 0.
    private struct Invitation: Codable {
      /// IPv4, in network order.
      let addresses: [UInt32]
      let port: UInt16
      /// Sent first, so that nobody else is taken for a rank.
      let token: UInt64
    }

    private let rank: Int
    private let state = Mutex(State())
    private let token = UInt64.random(in: .min ... .max)
    /// For each address and for all ranks together, in milliseconds.
    private static let patience: (address: Int32, ranks: Int32) = (2000, 15000)

    init(rank: Int) { self.rank = rank }

    /// Who is gone, if anybody.
    var loss: CommunicationError? { state.withLock(\.loss) }

    /// What rank 0 tells the others; nothing of theirs.
    func invitation(count: Int) throws -> Data {
      guard rank == 0 else { return Data() }
      let (listener, port) = try Socket.listening(backlog: count)
      state.withLock { $0.listener = listener }
      return try JSONEncoder().encode(
        Invitation(addresses: Socket.ownAddresses(), port: port, token: token))
    }

    /// Connects, and begins to watch.
    func join(hosts: [String], invitation data: Data) throws {
      let invitation = try JSONDecoder().decode(Invitation.self, from: data)
      state.withLock { $0.hosts = hosts }
      if rank == 0 {
        accept(count: hosts.count - 1)
      } else {
        connect(invitation, isSameHost: hosts[rank] == hosts[0])
      }
      let thread = Thread { [self] in watch() }
      thread.name = "lifeline"
      thread.start()
    }

    /// Says that this rank is done, so that nobody takes its end for a death.
    func leave() {
      for connection in state.withLock(\.connections).values {
        Socket.send(Self.done, to: connection)
      }
    }

    private func accept(count: Int) {
      guard let listener = state.withLock({ $0.listener }) else { return }
      defer { close(listener) }
      let deadline = ContinuousClock.now + .milliseconds(Int(Self.patience.ranks))
      var joined = 0
      while joined < count, Socket.isReadable(listener, until: deadline) {
        let connection = Glibc.accept(listener, nil, nil)
        guard connection >= 0 else { continue }
        guard Socket.isReadable(connection, until: min(deadline, .now + .seconds(2))),
          Socket.receive(UInt64.self, from: connection) == token,
          let other = Socket.receive(Int32.self, from: connection)
        else {
          close(connection)
          continue
        }
        Socket.keepAlive(connection)
        Socket.send(other, to: connection)
        state.withLock { $0.connections[Int(other)] = connection }
        joined += 1
      }
    }

    private func connect(_ invitation: Invitation, isSameHost: Bool) {
      let loopback = UInt32(0x7F00_0001).bigEndian
      for address in (isSameHost ? [loopback] : []) + invitation.addresses {
        guard
          let connection = Socket.connected(
            to: address, port: invitation.port, milliseconds: Self.patience.address)
        else { continue }
        Socket.send(invitation.token, to: connection)
        Socket.send(Int32(rank), to: connection)
        // It takes up to that long until it is this rank's turn.
        if Socket.isReadable(
          connection, until: .now + .milliseconds(Int(Self.patience.ranks))),
          Socket.receive(Int32.self, from: connection) == Int32(rank)
        {
          Socket.keepAlive(connection)
          state.withLock { $0.connections[0] = connection }
          return
        }
        close(connection)
      }
      let note = """
        note: rank \(rank) cannot reach rank 0 by TCP: should a rank end early, only the launcher will \
        say so\n
        """
      FileHandle.standardError.write(Data(note.utf8))
    }

    /// Until everybody is done, or somebody is gone.
    private func watch() {
      while true {
        let connections = state.withLock(\.connections)
        guard !connections.isEmpty else { return }
        for rank in Socket.readable(connections) {
          switch Socket.receive(Int32.self, from: connections[rank]!) {
          case Self.done?: state.withLock { $0.connections[rank] = nil }
          case let lost?: return note(Int(lost))
          case nil: return note(rank)
          }
        }
      }
    }

    private func note(_ lost: Int) {
      let others = state.withLock { state -> [Int32] in
        state.loss = .lost(rank: lost, host: state.hosts[lost])
        return rank == 0 ? Array(state.connections.filter { $0.key != lost }.values) : []
      }
      for connection in others { Socket.send(Int32(lost), to: connection) }
      cmpi_abandon()
    }
  }
#endif
