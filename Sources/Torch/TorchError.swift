import CTorch
import Glibc

/// What libtorch refused, in its own words, with the operator's name and the arguments' shapes.
public struct TorchError: Error, CustomStringConvertible {
  /// The message.
  public let description: String

  /// An error with this message.
  public init(_ description: String) { self.description = description }

  /// Whether a device has no room for what was to be made.
  public var isOutOfMemory: Bool {
    description.contains("out of memory") || description.contains("can't allocate memory")
  }
}

/// Throws the message that a C function returned, if any.
func check(_ message: CTorchMessage?) throws(TorchError) {
  guard let message else { return }
  defer { ctorch_message_free(message) }
  throw TorchError(String(cString: message))
}

/// Runs what can only fail by a mistake in the program, or for want of memory.
///
/// A mistake traps with libtorch's message. Want of memory ends the process with a message that says
/// what was to be computed and what to lower: no operator could go on, and a trap's report would hide it.
func checked<Result>(_ body: () throws(TorchError) -> Result) -> Result {
  do {
    return try body()
  } catch {
    guard error.isOutOfMemory else { fatalError(error.description) }
    let message = Array(outOfMemoryMessage(error).utf8)
    _ = write(STDERR_FILENO, message, message.count)
    exit(1)
  }
}

/// What ends a process that has no memory left.
package func outOfMemoryMessage(_ error: TorchError) -> String {
  """
  Error: there is not enough memory. \(error)
  Lower --batch: in training, --accumulate adds up several small batches for a step as large, and the \
  last checkpoint is there to resume from. Other programs may hold memory of the same device.

  """
}
