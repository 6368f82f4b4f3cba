using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemScope.Migrations.Files
{
    /// <inheritdoc />
    public partial class SharesAndAudit : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "created_by",
                table: "share",
                type: "text",
                nullable: false,
                defaultValueSql: "''");

            migrationBuilder.AddColumn<string>(
                name: "redaction",
                table: "share",
                type: "text",
                nullable: false,
                defaultValueSql: "''");

            migrationBuilder.AddColumn<string>(
                name: "detail",
                table: "audit",
                type: "text",
                nullable: false,
                defaultValueSql: "''");

            // The audit log is only ever added to. The owner of the table could drop the trigger, which leaves a trace in the schema; a slip of a program or of a hand cannot change a row.
            migrationBuilder.Sql("""
                CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'restrict_violation';
                END $$;
                CREATE TRIGGER audit_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                DROP TRIGGER audit_is_only_added_to ON audit;
                DROP FUNCTION audit_is_only_added_to();
                """);

            migrationBuilder.DropColumn(
                name: "created_by",
                table: "share");

            migrationBuilder.DropColumn(
                name: "redaction",
                table: "share");

            migrationBuilder.DropColumn(
                name: "detail",
                table: "audit");
        }
    }
}
