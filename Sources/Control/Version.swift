/// The version of nuwa, as every program of it tells it.
public enum NuwaVersion {
    public static let current = "0.1.0"
}
