import CTorch

/// What libtorch refused, in its own words, with the operator's name and the arguments' shapes.
public struct TorchError: Error, CustomStringConvertible {
  /// The message.
  public let description: String

  /// An error with this message.
  public init(_ description: String) { self.description = description }
}

/// Throws the message that a C function returned, if any.
func check(_ message: CTorchMessage?) throws(TorchError) {
  guard let message else { return }
  defer { ctorch_message_free(message) }
  throw TorchError(String(cString: message))
}

/// Runs what can only fail by a mistake in the program; a failure traps with libtorch's message.
func checked<Result>(_ body: () throws(TorchError) -> Result) -> Result {
  do {
    return try body()
  } catch {
    fatalError(error.description)
  }
}
